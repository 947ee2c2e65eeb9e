import { expect, test } from "@jest/globals";
import { cacheFolder, failureOf, neededVersion, obtainPulumi } from "../../../../tools/deploy/pulumi-command.ts";
import { pulumiError, pulumiOf } from "./fakes.ts";

const missing = () => Promise.reject(pulumiError("spawn pulumi ENOENT"));

/** Where Pulumi is asked for, and what is said, when it stands only in these places. */
async function obtaining(found: { path?: string; cache?: string; internet?: string }) {
    const asked: string[] = [];
    const said: string[] = [];
    const give = (place: keyof typeof found) => {
        asked.push(place);
        const version = found[place];
        return version === undefined ? missing() : Promise.resolve(pulumiOf(version));
    };
    const source = {
        get: (options?: { root?: string }) => give(options?.root === "/cache" ? "cache" : "path"),
        install: (options?: { root?: string }) => (options?.root === "/cache" ? give("internet") : missing()),
    };
    const command = await obtainPulumi(source, "/cache", (line) => void said.push(line));
    return { version: command.version?.toString(), asked, said };
}

test("a Pulumi on the path that is new enough is taken", async () => {
    expect(await obtaining({ path: neededVersion })).toEqual({ version: neededVersion, asked: ["path"], said: [] });
    expect((await obtaining({ path: "3.1000.0" })).asked).toEqual(["path"]);
});

test("else the one installed before, else one is installed, which is said", async () => {
    expect(await obtaining({ path: "3.9.0", cache: neededVersion })).toEqual({
        version: neededVersion,
        asked: ["path", "cache"],
        said: [],
    });
    expect(await obtaining({ internet: neededVersion })).toEqual({
        version: neededVersion,
        asked: ["path", "cache", "internet"],
        said: [`Pulumi ${neededVersion} is not here yet: installing it into /cache`],
    });
});

test("without any, both reasons are told and what to do", async () => {
    await expect(obtaining({ path: "3.9.0" })).rejects.toMatchObject({
        ending: "no-pulumi",
        message: [
            `Pulumi ${neededVersion} or later is needed, and there is none:`,
            "  on the path: Pulumi 3.9.0 is older",
            "  from https://get.pulumi.com: spawn pulumi ENOENT",
            `Install Pulumi ${neededVersion} from https://www.pulumi.com/docs/install/ and put it on the path`,
        ].join("\n"),
    });
});

test("a Pulumi that does not tell its version is not trusted", async () => {
    const source = { get: () => Promise.resolve({ command: "pulumi", version: null } as never), install: missing };
    // The cache is trusted: what stands there was installed by version.
    expect(await obtainPulumi(source, "/cache", () => undefined)).toMatchObject({ version: null });
    const nowhere = { get: (options?: object) => (options ? missing() : source.get()), install: missing };
    await expect(obtainPulumi(nowhere, "/cache", () => undefined)).rejects.toThrow(
        "Pulumi of an unknown version is older",
    );
});

test("the cache is Pulumi's own, outside the repository", () => {
    expect(cacheFolder({ PULUMI_HOME: "/home/x/.pulumi" })).toBe(`/home/x/.pulumi/versions/${neededVersion}`);
    expect(cacheFolder({})).toMatch(new RegExp(`^/.*/\\.pulumi/versions/${neededVersion.replaceAll(".", "\\.")}$`));
});

test("of an error of the Automation API only what the command wrote is told", () => {
    expect(failureOf(pulumiError("error: one\nerror: two\n"))).toBe("error: one\nerror: two");
    expect(failureOf(new Error("fetch failed"))).toBe("fetch failed");
    expect(failureOf("odd")).toBe("odd");
});
