import { chromium, type Browser } from "playwright-core";
import { findOnPath, isExecutable } from "../../../tools/frame/executables.ts";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** Path of a Chromium: `CHROMIUM_PATH`, or the first one on the path; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
    const given = env.CHROMIUM_PATH;
    return given === undefined ? findOnPath(names, env) : [given].find(isExecutable);
}

/** Chromium has no sandbox for the user root, as in a container; the pages are our own. */
export const launchChromium = (): Promise<Browser> =>
    chromium.launch({ executablePath: findChromium(process.env), args: ["--no-sandbox"] });
