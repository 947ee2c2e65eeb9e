import { createServer } from "node:net";
import { expect, test } from "@jest/globals";
import { freePort, portProblem } from "../../../../tools/local/machine/ports.ts";

test("a free port, or any free one, has no problem", async () => {
    expect(await portProblem(0)).toBeUndefined();
    expect(await portProblem(await freePort())).toBeUndefined();
});

test("a port that another program listens on is named", async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    expect(await portProblem(port)).toBe(`port ${port} is in use: choose another one with --port`);
    server.close();
});

test.each([
    ["EACCES", "needs more rights than this user has: choose one of 1024 or more with --port"],
    ["EADDRINUSE", "is in use: choose another one with --port"],
    ["EADDRNOTAVAIL", "cannot be used (listen EADDRNOTAVAIL): choose another one with --port"],
])("a port that ends with %s says what to do", async (code, problem) => {
    const port = await freePort();
    const listen = () => Promise.reject(Object.assign(new Error(`listen ${code}`), { code }));
    expect(await portProblem(port, listen)).toBe(`port ${port} ${problem}`);
});
