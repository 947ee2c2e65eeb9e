import { stripVTControlCharacters } from "node:util";
import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const limit = ["waf", "requestsPer5Minutes"];

scenario(
    "on a terminal Pulumi draws its tree, the changed values follow, and the answer `no` changes nothing",
    15,
    async () => {
        await project.ensureDeployed("dev");
        const before = await project.state("dev");
        let answered = false;
        const { code, stdout } = await project.withChangedSettings("dev", [{ path: limit, value: 3000 }], () =>
            project.deploy("dev", ["up"], {
                onTerminal: true,
                onOutput: (text, { stdin }) => {
                    if (!answered && text.includes("Type yes: ")) {
                        answered = true;
                        stdin?.write("no\r");
                    }
                },
            }),
        );
        const told = stripVTControlCharacters(stdout);
        expect({ code, tree: told.includes("payment:index:PaymentPlatform") }).toEqual({
            code: exitCodeFor("unconfirmed"),
            tree: true,
        });
        expect(told.match(/^~ .*limit: 2000 -> 3000/gm)).toHaveLength(1);
        // They are in `outputs/`.
        expect(told).not.toMatch(/^Outputs:/m);
        expect(await project.state("dev")).toEqual(before);
    },
);

scenario("Ctrl-C in Pulumi's tree cancels an update, and leaves the stack unlocked", 15, async () => {
    await project.ensureDeployed("dev");
    await project.withChangedSettings("dev", [{ path: limit, value: 3000 }], async () => {
        let typed = false;
        const { code } = await project.deploy("dev", ["up", "--yes"], {
            onTerminal: true,
            onOutput: (text, { stdin }) => {
                if (!typed && text.includes("payment:index:")) {
                    typed = true;
                    stdin?.write("\x03");
                }
            },
        });
        expect({ code, typed }).toEqual({ code: exitCodeFor("cancelled"), typed: true });
        expect((await project.state("dev")).pending).toEqual([]);
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: exitCodeFor("done") });
    });
    expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: exitCodeFor("done") });
});
