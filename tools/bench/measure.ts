import { spawnSync } from "node:child_process";

export interface Measurement {
    seconds: number;
    /** Of all cores together; unlike `seconds` it hardly depends on what else the machine does. */
    cpuSeconds: number;
    /** Peak resident memory. */
    megabytes: number;
}

/** Has a process tell what it used on a channel of its own when it ends; no tool of the system is needed. */
const usageReporter =
    "data:text/javascript,import{writeSync}from'node:fs';" +
    "process.on('exit',()=>writeSync(3,JSON.stringify(process.resourceUsage())))";

/** The medians of several runs of Node with these arguments, each a whole process. */
export function measure(args: string[], cwd: string, runs: number): Measurement {
    const measured = Array.from({ length: runs }, () => runOnce(args, cwd));
    const median = (pick: (one: Measurement) => number): number =>
        measured.map(pick).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
    return {
        seconds: median((one) => one.seconds),
        cpuSeconds: median((one) => one.cpuSeconds),
        megabytes: median((one) => one.megabytes),
    };
}

function runOnce(args: string[], cwd: string): Measurement {
    const start = process.hrtime.bigint();
    const child = spawnSync(process.execPath, ["--import", usageReporter, ...args], {
        cwd,
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe", "pipe"],
    });
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (child.status !== 0) {
        throw new Error(`node ${args.join(" ")} failed:\n${child.stderr}`);
    }
    const usage = JSON.parse(String(child.output[3])) as NodeJS.ResourceUsage;
    return {
        seconds,
        cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
        megabytes: Math.round(usage.maxRSS / 1024),
    };
}
