import { APIGatewayClient, GetUsagePlanKeysCommand } from "@aws-sdk/client-api-gateway";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, expect } from "@jest/globals";
import { missingPrerequisite } from "./support/environment.ts";
import { getPath } from "../../plan/query.ts";
import { logicalNameOf, secretContent, stateResourcesOfType, type State } from "../../plan/state.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const config = { region: process.env.AWS_REGION };
const merchant = "example-shop";
const settings = missingPrerequisite(process.env) === undefined ? project.read("Pulumi.dev.yaml") : "";

/** What is deployed of the cache's token: the cache's inputs from the state, the secret from AWS. */
async function deployedToken() {
    const state = await project.state("dev");
    const [cache] = stateResourcesOfType(state, "elasticache/replicationGroup:ReplicationGroup");
    const password = state.resources.find(
        (each) =>
            each.type === "random:index/randomPassword:RandomPassword" &&
            logicalNameOf(each) === "payment-cache-token-dev",
    );
    return {
        strategy: cache?.inputs?.authTokenUpdateStrategy,
        version: getPath(password?.inputs ?? {}, "keepers.version"),
        isStored: (await storedIn(state, "payment-cache-token-dev")) === secretContent(password?.outputs?.result),
    };
}

async function storedIn(state: State, name: string): Promise<string | undefined> {
    const secret = stateResourcesOfType(state, "secretsmanager/secret:Secret").find(
        (each) => logicalNameOf(each) === name,
    );
    const command = new GetSecretValueCommand({ SecretId: secret?.id });
    return (await new SecretsManagerClient(config).send(command)).SecretString;
}

/** Names of the merchant's keys that the usage plan has in AWS, and the one that is stored in the secret. */
async function deployedKeys() {
    const state = await project.state("dev");
    const name = `payment-gateway-merchant-${merchant}-dev`;
    const plan = stateResourcesOfType(state, "apigateway/usagePlan:UsagePlan").find(
        (each) => logicalNameOf(each) === name,
    );
    const keys = stateResourcesOfType(state, "apigateway/apiKey:ApiKey");
    const { items = [] } = await new APIGatewayClient(config).send(
        new GetUsagePlanKeysCommand({ usagePlanId: plan?.id }),
    );
    const value = await storedIn(state, name);
    return {
        accepted: items
            .map(({ id }) => keys.find((key) => key.id === id))
            .map((key) => key && logicalNameOf(key))
            .sort(),
        stored: keys.filter((key) => secretContent(key.outputs?.value) === value).map(logicalNameOf),
    };
}

const expectNoChanges = async () => {
    expect(await project.runOperation("preview", "dev", ["--expect-no-changes"])).toMatchObject({ code: 0, steps: [] });
};

afterAll(async () => {
    // The other files of this run begin with the dev of the project's file.
    if (settings !== "" && project.read("Pulumi.dev.yaml") !== settings) {
        project.edit("Pulumi.dev.yaml", () => settings);
        await project.runOperationSuccessfully("up", "dev");
    }
}, 20 * 60_000);

scenario("one command replaces the cache's token in two updates, and nothing is left to do", 40, async () => {
    await project.ensureDeployed("dev");
    expect(await deployedToken()).toEqual({ strategy: "ROTATE", version: undefined, isStored: true });
    const { code, stderr } = await project.npm("rotate", ["dev", "cache-token", "--yes"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("the cache's token is rotated") });
    expect(await deployedToken()).toEqual({ strategy: "SET", version: "2", isStored: true });
    await expectNoChanges();
});

scenario("a rotation whose first update was deployed otherwise is ended by the command", 40, async () => {
    await project.ensureDeployed("dev");
    expect(await project.npm("rotate", ["dev", "cache-token", "--record"])).toMatchObject({ code: 0 });
    const { steps } = await project.runOperationSuccessfully("up", "dev");
    // The secret is written after the cache, so that no task reads a token that the cache refuses.
    const order = steps
        .filter(({ op, type }) => op !== "delete-replaced" && /ReplicationGroup|SecretVersion/.test(type))
        .map(({ type }) => type.replace(/^.*:/, ""));
    expect(order[0]).toBe("ReplicationGroup");
    expect(order.slice(1).length).toBeGreaterThan(0);
    expect(await deployedToken()).toMatchObject({ strategy: "ROTATE", isStored: true });
    expect(await project.npm("rotate", ["dev", "cache-token", "--yes"])).toMatchObject({ code: 0 });
    expect(await deployedToken()).toMatchObject({ strategy: "SET", isStored: true });
    await expectNoChanges();
});

scenario("a merchant has two keys until the command is run again", 40, async () => {
    await project.ensureDeployed("dev");
    const [first, second] = [`payment-gateway-merchant-${merchant}-dev`, `payment-gateway-key-2-${merchant}-dev`];
    expect(await project.npm("rotate", ["dev", "merchant-key", merchant, "--yes"])).toMatchObject({ code: 0 });
    expect(await deployedKeys()).toMatchObject({ accepted: [second, first], stored: [second] });
    await expectNoChanges();
    // The emulator counts no requests.
    const ended = await project.npm("rotate", ["dev", "merchant-key", merchant, "--yes", "--finish"]);
    expect(ended).toMatchObject({ code: 0 });
    expect(await deployedKeys()).toMatchObject({ accepted: [second], stored: [second] });
    await expectNoChanges();
});
