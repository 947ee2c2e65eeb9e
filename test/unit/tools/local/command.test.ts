import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { addressesText } from "../../../../tools/local/addresses.ts";
import { listeningPort } from "../../../../tools/frame/listening-port.ts";
import type { LocalSession } from "../../../../tools/local/machine/session.ts";
import { planTestStack } from "../../../stacks.ts";
import { runTool } from "../run-tool.ts";
import { machine } from "./machine.ts";

const folder = mkdtempSync(join(tmpdir(), "local-"));
beforeAll(() => {
    // No test of this file starts it.
    writeFileSync(join(folder, "redis-server"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(folder, "redis-server"), 0o755);
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

test("without Redis and Valkey it says in one line how to get one", async () => {
    expect(await runTool("local", [], { env: { PATH: "" } })).toEqual({
        code: 3,
        out: "",
        err: "neither valkey-server nor redis-server is on the path (apt-get install redis-server, brew install valkey)\n",
    });
});

test("a port that is in use is refused", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = listeningPort(server);
    const { code, err } = await runTool("local", ["--port", `${port}`], { env: { PATH: folder } });
    server.close();
    expect({ code, err }).toEqual({ code: 3, err: `port ${port} is in use: choose another one with --port\n` });
});

test("a stack without a service of the repository is refused, with all that its plan lacks", async () => {
    const planStack = async () => {
        const plan = await planTestStack("dev");
        const lacking = ["payment-api-dev", "payment-payment-dev", "payment-migration-dev"];
        return { ...plan, nodes: plan.nodes.filter(({ name, type }) => !isTask(type) || !lacking.includes(name)) };
    };
    expect(await runTool("local", ["demo"], { env: { PATH: folder }, planStack })).toEqual({
        code: 1,
        out: "",
        err: "dev cannot run on this machine: its plan lacks the task of the migration, services.api, services.payment\n",
    });
});

const isTask = (type: string): boolean => type === "aws:ecs/taskDefinition:TaskDefinition";

test.each([
    [["demos"], 'no action "demos": there is only demo'],
    [["demo", "--stack", "devv"], "did you mean dev?"],
    [["--port", "abc"], "It must be a port, 0 to 65535; 0 is any free one."],
    [["--port", "-1"], "It must be a port, 0 to 65535; 0 is any free one."],
    [["--port", "99999"], "It must be a port, 0 to 65535; 0 is any free one."],
])("wrong arguments are refused: %s", async (argv, message) => {
    const { code, err } = await runTool("local", argv, { env: { PATH: folder } });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trim().split("\n")).toHaveLength(1);
});

test("the addresses have a key for each merchant, and a request for the shell", () => {
    const session = {
        address: "http://localhost:5000",
        apiKeys: { "example-shop": "key-of-the-shop" },
        servicePorts: { api: 5004 },
        running: { machine },
    } as unknown as LocalSession;
    const text = addressesText("dev", session);
    expect(text).toContain("  API Gateway              http://localhost:5000/api/\n");
    expect(text).toContain("  API key of example-shop  key-of-the-shop\n");
    expect(text).toContain("  api                      https://localhost:5004\n");
    expect(text).toContain("curl -i http://localhost:5000/api/payments \\\n    -H 'x-api-key: key-of-the-shop' \\\n");
    expect(text).not.toContain(machine.master.password);
});
