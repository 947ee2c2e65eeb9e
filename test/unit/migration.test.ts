import { expect, test } from "@jest/globals";
import { migrationVariables } from "../../contract/container.ts";
import { Migration } from "../../lib/compute/migration.ts";
import type { Plan } from "../../plan/plan.ts";
import { findNode, planComponent } from "../recorder.ts";
import {
    createBackends,
    imageDigest,
    keyArns,
    logs,
    onlyNode,
    parseJsonValue,
    plainTextOf,
    policyStatements,
    testScope,
    typeTokens,
    readSecretGrants,
} from "./fixtures.ts";

const name = "payment-migration-test";

const planned = (settings: { imageDigest?: string } = {}) =>
    planComponent(() => {
        const scope = testScope();
        new Migration(name, {
            scope,
            settings,
            logLevel: "warn",
            database: createBackends(scope).database,
            dataKeyArn: keyArns.data,
            logs,
            agentPermissions: [],
        });
    });

interface Container {
    readonly image: string;
    readonly environment: readonly { name: string; value: string }[];
}

const containerIn = (plan: Plan): Container => {
    const [container] = parseJsonValue(
        onlyNode(plan, typeTokens.taskDefinition).inputs.containerDefinitions,
    ) as Container[];
    return container ?? { image: "", environment: [] };
};

const secretArnIn = (plan: Plan): string => {
    const { masterUserSecrets } = findNode(plan, "payment-database-test", "aws:rds/cluster:Cluster").outputs;
    return (masterUserSecrets as { secretArn: string }[])[0]?.secretArn ?? "";
};

test("the task may read the master user's secret, decrypt nothing else, and do nothing more", async () => {
    const plan = await planned();
    const secretArn = secretArnIn(plan);
    expect(secretArn).toMatch(/^arn:aws:secretsmanager:/);
    expect(policyStatements(findNode(plan, "payment-migration-task-test", typeTokens.policy))).toEqual(
        readSecretGrants(secretArn),
    );
});

test("ECS may pull the image and write the log, and may not read the secret", async () => {
    const plan = await planned();
    const actions = policyStatements(findNode(plan, "payment-migration-execution-test", typeTokens.policy)).flatMap(
        ({ Action }) => Action,
    );
    expect(actions.toSorted()).toEqual([
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ]);
});

test("the container finds the database and the ARN of the secret, as the contract says, sorted", async () => {
    const { environment } = containerIn(await planned());
    expect(environment.map((variable) => variable.name)).toEqual(Object.keys(migrationVariables).toSorted());
    const plan = await planned();
    expect(Object.fromEntries(environment.map((variable) => [variable.name, variable.value]))).toMatchObject({
        DATABASE_HOST: findNode(plan, "payment-database-test", "aws:rds/cluster:Cluster").outputs.endpoint,
        DATABASE_MASTER_SECRET_ARN: secretArnIn(plan),
        DATABASE_NAME: "payments",
        DATABASE_PORT: "5432",
        LOG_LEVEL: "warn",
    });
});

test("nothing connects to the container, and no service runs it", async () => {
    const plan = await planned();
    expect(containerIn(plan)).not.toHaveProperty("portMappings");
    expect(plan.nodes.filter(({ type }) => type === typeTokens.ecsService)).toEqual([]);
});

test("the image is the recorded one by its digest", async () => {
    const plan = await planned({ imageDigest });
    const repository = plainTextOf(onlyNode(plan, typeTokens.repository).outputs.repositoryUrl);
    expect(containerIn(plan).image).toBe(`${repository}@${imageDigest}`);
    expect(containerIn(await planned()).image).toBe(`${repository}:awaiting-first-image`);
});
