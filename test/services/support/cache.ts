import { readFileSync } from "node:fs";
import { createClient } from "@redis/client";
import { readSecrets } from "../../../tools/local/replacements.ts";
import { underTest } from "./under-test.ts";

/** What a client of Redis answers, which is then closed. */
export async function onCache<T>(work: (client: ReturnType<typeof cacheClient>) => Promise<T>): Promise<T> {
    const client = cacheClient();
    await client.connect();
    try {
        return await work(client);
    } finally {
        client.destroy();
    }
}

function cacheClient() {
    const { machine } = underTest();
    const secrets = readSecrets(machine);
    return createClient({
        socket: {
            host: "localhost",
            port: machine.cachePort,
            tls: true,
            ca: readFileSync(machine.authorityFile, "utf8"),
        },
        password: secrets[machine.cacheSecretArn],
    });
}
