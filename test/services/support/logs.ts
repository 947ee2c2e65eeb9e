import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceName } from "../../../tools/local/machine/start.ts";
import { underTest } from "./under-test.ts";

/** All lines of a service: other files may have started more than one task of it. */
export function logsOf(service: ServiceName): string {
    const { directory } = underTest().machine;
    const files = readdirSync(directory).filter((name) => name.startsWith(`${service}-`) && name.endsWith(".log"));
    return files.map((name) => readFileSync(join(directory, name), "utf8")).join("");
}
