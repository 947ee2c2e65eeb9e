import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/deploy/exit.ts";
import { Project, type StackFileChange } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const unconfirmed = exitCodeFor("unconfirmed");

/** `up --yes` with these settings. */
const update = (changes: readonly StackFileChange[], ...options: string[]) =>
    project.withChangedSettings("dev", changes, () => project.deploy("dev", ["up", "--yes", ...options]));

/** What is deployed, without what AWS alone decides. */
const deployed = async () => (await project.state("dev")).resources.map(({ urn, id, inputs }) => ({ urn, id, inputs }));

const secondShop: StackFileChange = { path: ["gateway", "merchants", "second-shop"], value: {} };
const merchant = "payment-gateway-merchant-second-shop-dev";

scenario("ordinary settings, including a new merchant, are updated with --yes alone", 20, async () => {
    await project.ensureDeployed("dev");
    const limit = { path: ["waf", "requestsPer5Minutes"], value: 3000 };
    expect(await update([limit, secondShop])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("rateBasedStatement.limit: 2000 -> 3000"),
        stderr: expect.not.stringContaining("accept"),
    });
});

scenario("a changed name of the database is refused, and nothing is changed", 20, async () => {
    await project.ensureDeployed("dev");
    const before = await deployed();
    const file = "lib/database.ts";
    const program = project.read(file);
    try {
        project.edit(file, (text) => text.replace('databaseName = "payments"', 'databaseName = "ledger"'));
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({
            code: unconfirmed,
            stderr: expect.stringMatching(
                /--accept payment-database-dev:replace\n +replaces the Cluster because of databaseName: payments -> ledger; the data in it is deleted: payments\n/,
            ),
        });
    } finally {
        writeFileSync(project.file(file), program);
    }
    expect(await deployed()).toEqual(before);
});

scenario("a merchant is removed only with a reviewed file, which is valid for that update alone", 30, async () => {
    await project.ensureDeployed("dev");
    await update([secondShop]);
    const before = await deployed();
    const refused = await update([]);
    expect(refused.code).toBe(unconfirmed);
    expect(refused.stderr.match(/--accept \S+/g)).toEqual([`--accept ${merchant}:delete`]);
    expect(await deployed()).toEqual(before);

    const file = "approvals/dev.json";
    expect(await project.deploy("dev", ["preview", "--write-accept-file", file])).toMatchObject({ code: 0 });
    expect(readFileSync(project.file(file), "utf8")).toContain("the key that a merchant has been given");
    // It was approved for the settings as they are.
    expect(await update([{ path: ["waf", "requestsPer5Minutes"], value: 4000 }], "--accept-file", file)).toMatchObject({
        code: unconfirmed,
        stderr: expect.stringContaining("accepts another change"),
    });
    expect(await update([], "--accept-file", file)).toMatchObject({ code: 0 });
    expect((await deployed()).filter(({ urn }) => urn.endsWith(merchant))).toEqual([]);
    // It is valid for no other update, and does not block one that needs no acceptance.
    expect(await update([], "--accept-file", file)).toMatchObject({
        code: 0,
        stderr: expect.stringContaining(`${file} is not read`),
    });
    await update([secondShop]);
    expect(await update([], "--accept-file", file)).toMatchObject({
        code: unconfirmed,
        stderr: expect.stringContaining("accepts an update of what was deployed earlier"),
    });
    expect(await update([], "--accept", `${merchant}:delete`)).toMatchObject({ code: 0 });
});

scenario("a service that gets the cache must be accepted with its new rights and network path", 20, async () => {
    await project.ensureDeployed("dev");
    const cache = [{ path: ["services", "notification", "stores"], value: ["database", "cache"] }];
    const { code, stderr } = await update(cache);
    expect(code).toBe(unconfirmed);
    const accepted = stderr.match(/--accept \S+/g)?.sort() ?? [];
    expect(accepted).toEqual(["--accept payment-cache-dev:path", "--accept payment-notification-task-dev:rights"]);
    expect(stderr).toContain("secretsmanager:GetSecretValue");
    expect(await update(cache, ...accepted.flatMap((option) => option.split(" ")))).toMatchObject({ code: 0 });
    // To take rights and a path away again needs no acceptance.
    expect(await update([])).toMatchObject({ code: 0 });
});
