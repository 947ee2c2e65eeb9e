import { expect, test } from "@jest/globals";
import {
    pulumiCacheFolder,
    commandErrorText,
    requiredPulumiVersion,
    findOrInstallPulumi,
} from "../../../../tools/deploy/pulumi-command.ts";
import { pulumiError, fakePulumiCommand } from "./fakes.ts";

const missing = () => Promise.reject(pulumiError("spawn pulumi ENOENT"));

/** Where Pulumi is looked for, and what is printed, when it is installed only in these places. */
async function obtaining(found: { path?: string; cache?: string; internet?: string }) {
    const asked: string[] = [];
    const said: string[] = [];
    const give = (place: keyof typeof found) => {
        asked.push(place);
        const version = found[place];
        return version === undefined ? missing() : Promise.resolve(fakePulumiCommand(version));
    };
    const source = {
        get: (options?: { root?: string }) => give(options?.root === "/cache" ? "cache" : "path"),
        install: (options?: { root?: string }) => (options?.root === "/cache" ? give("internet") : missing()),
    };
    const command = await findOrInstallPulumi(source, "/cache", (line) => void said.push(line));
    return { version: command.version?.toString(), asked, said };
}

test("a Pulumi on the PATH that is new enough is used", async () => {
    expect(await obtaining({ path: requiredPulumiVersion })).toEqual({
        version: requiredPulumiVersion,
        asked: ["path"],
        said: [],
    });
    expect((await obtaining({ path: "3.1000.0" })).asked).toEqual(["path"]);
});

test("otherwise the cached one is used, or one is installed, with a message", async () => {
    expect(await obtaining({ path: "3.9.0", cache: requiredPulumiVersion })).toEqual({
        version: requiredPulumiVersion,
        asked: ["path", "cache"],
        said: [],
    });
    expect(await obtaining({ internet: requiredPulumiVersion })).toEqual({
        version: requiredPulumiVersion,
        asked: ["path", "cache", "internet"],
        said: [`Pulumi ${requiredPulumiVersion} is not here yet: installing it into /cache`],
    });
});

test("without any, both reasons are printed with what to do", async () => {
    await expect(obtaining({ path: "3.9.0" })).rejects.toMatchObject({
        exitReason: "no-pulumi",
        message: [
            `Pulumi ${requiredPulumiVersion} or later is needed, and there is none:`,
            "  on the path: Pulumi 3.9.0 is older",
            "  from https://get.pulumi.com: spawn pulumi ENOENT",
            `Install Pulumi ${requiredPulumiVersion} from https://www.pulumi.com/docs/install/ and put it on the path`,
        ].join("\n"),
    });
});

test("a Pulumi that does not print its version is not used", async () => {
    const source = { get: () => Promise.resolve({ command: "pulumi", version: null } as never), install: missing };
    // The cache is trusted: its folders are named by the installed version.
    expect(await findOrInstallPulumi(source, "/cache", () => undefined)).toMatchObject({ version: null });
    const nowhere = { get: (options?: object) => (options ? missing() : source.get()), install: missing };
    await expect(findOrInstallPulumi(nowhere, "/cache", () => undefined)).rejects.toThrow(
        "Pulumi of an unknown version is older",
    );
});

test("the cache is Pulumi's own, outside the repository", () => {
    expect(pulumiCacheFolder({ PULUMI_HOME: "/home/x/.pulumi" })).toBe(
        `/home/x/.pulumi/versions/${requiredPulumiVersion}`,
    );
    expect(pulumiCacheFolder({})).toMatch(
        new RegExp(`^/.*/\\.pulumi/versions/${requiredPulumiVersion.replaceAll(".", "\\.")}$`),
    );
});

test("of an error of the Automation API only the command's output is printed", () => {
    expect(commandErrorText(pulumiError("error: one\nerror: two\n"))).toBe("error: one\nerror: two");
    expect(commandErrorText(new Error("fetch failed"))).toBe("fetch failed");
    expect(commandErrorText("odd")).toBe("odd");
});
