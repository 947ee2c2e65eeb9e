import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const [buildStage = "", lastStage = ""] = readFileSync("services/Dockerfile", "utf8")
    .split(/^(?=FROM )/m)
    .slice(1);
/** Instructions with the lines that continue them. */
const instructionsOf = (stage: string): string[] => stage.replaceAll("\\\n", " ").split("\n");
const imageOf = (stage: string): string | undefined => /^FROM (?:--platform=\S+ )?(\S+) AS \w+$/m.exec(stage)?.[1];

test("both stages start from one image, in lines that Dependabot can read", () => {
    expect(imageOf(buildStage)).toMatch(
        /^public\.ecr\.aws\/docker\/library\/node:[\d.]+-trixie-slim(@sha256:[0-9a-f]{64})?$/,
    );
    expect(imageOf(lastStage)).toBe(imageOf(buildStage));
});

test("the image has the packages that Debian has mended, before its process loses the rights of root", () => {
    const instructions = instructionsOf(lastStage);
    const upgrade = instructions.findIndex((line) => line.startsWith("RUN apt-get update && apt-get upgrade --yes "));
    expect(upgrade).toBeGreaterThan(0);
    expect(instructions.findIndex((line) => line.startsWith("USER "))).toBeGreaterThan(upgrade);
});

test("the image has no package manager of Node: the scan finds what they have", () => {
    const removed = instructionsOf(lastStage).flatMap((line) => /rm -rf (.*)$/.exec(line)?.[1]?.split(/\s+/) ?? []);
    expect(removed).toEqual(
        expect.arrayContaining([
            "/usr/local/lib/node_modules",
            ...["npm", "npx", "corepack", "yarn", "yarnpkg"].map((name) => `/usr/local/bin/${name}`),
            "/opt/yarn-*",
        ]),
    );
});
