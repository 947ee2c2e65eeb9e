import { appendFileSync, readFileSync } from "node:fs";
import { pushImage, setEmptyScanResult } from "./image.ts";

/**
 * Takes the place of Docker, for which there is no engine here: writes its arguments to the file `DOCKER_RECORD`, one line for
 * each call, and pushes an image of its own.
 */
const [command = "", ...args] = process.argv.slice(2);
appendFileSync(process.env.DOCKER_RECORD ?? "", `${[command, ...args].join(" ")}\n`);

if (command === "login" && readFileSync(0, "utf8").trim() === "") {
    throw new Error("docker login: no password on the standard input");
}
if (command === "buildx" && args.includes("--push")) {
    const [, repository = "", tag = ""] = /^[^/]+\/(.+):([^:]+)$/.exec(args[args.indexOf("--tag") + 1] ?? "") ?? [];
    await setEmptyScanResult(await pushImage(repository, tag));
}
