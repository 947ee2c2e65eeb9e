import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type * as rpc from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { WireObject } from "../../../plan/value.ts";
import { linkCheckout } from "../../project.ts";
import type { Analyzer } from "./fake-engine.ts";

/**
 * The pack in a process of its own, started as the CLI starts it, which speaks the analyzer protocol. It lies in a folder of
 * its own, as it judges the stacks of the project that it lies in.
 */
export class PackProcess implements Analyzer {
    readonly #process: ChildProcess;
    readonly #client: AnalyzerClient;
    readonly #root: string;

    private constructor(process: ChildProcess, client: AnalyzerClient, root: string) {
        this.#process = process;
        this.#client = client;
        this.#root = root;
    }

    static async start(): Promise<PackProcess> {
        const root = mkdtempSync(join(tmpdir(), "pack-process-"));
        linkCheckout(root);
        const pack = join(root, "checks");
        const host = createRequire(join(pack, "index.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
        // pulumi-language-nodejs does this, in the folder of the pack: the engine's address, then the folder.
        const started = spawn(process.execPath, [host, "127.0.0.1:1", pack], {
            cwd: pack,
            stdio: ["ignore", "pipe", "inherit"],
        });
        const [port] = (await once(started.stdout, "data")) as [Buffer];
        const address = `127.0.0.1:${port.toString().trim()}`;
        return new PackProcess(started, new AnalyzerClient(address, credentials.createInsecure()), root);
    }

    info(): Promise<rpc.AnalyzerInfo> {
        return callAnalyzer((callback) => this.#client.getAnalyzerInfo(new Empty(), callback));
    }

    messageOf(properties: WireObject): Struct {
        return Struct.fromJavaScript(properties);
    }

    analyze(request: rpc.AnalyzeRequest): Promise<rpc.AnalyzeResponse> {
        return callAnalyzer((callback) => this.#client.analyze(request, callback));
    }

    analyzeStack(request: rpc.AnalyzeStackRequest): Promise<rpc.AnalyzeResponse> {
        return callAnalyzer((callback) => this.#client.analyzeStack(request, callback));
    }

    async stop(): Promise<void> {
        this.#client.close();
        this.#process.kill();
        await once(this.#process, "close");
        rmSync(this.#root, { recursive: true });
    }
}

type Callback<T> = (error: Error | null, response: T) => void;

const callAnalyzer = <T>(ask: (callback: Callback<T>) => unknown): Promise<T> =>
    new Promise((done, fail) => {
        ask((error, response) => {
            if (error === null) {
                done(response);
            } else {
                fail(error);
            }
        });
    });
