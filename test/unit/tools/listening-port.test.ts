import { createServer } from "node:net";
import { expect, test } from "@jest/globals";
import { listeningPort } from "../../../tools/frame/listening-port.ts";

test("a server that does not listen has no port, in place of one that is wrong", () => {
    expect(() => listeningPort(createServer())).toThrow("the server listens on no port");
});
