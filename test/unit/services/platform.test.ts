import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { z } from "zod";
import { reconciliationNoun } from "../../../lib/settings/acquirer.ts";
import { databaseUserOf } from "../../../lib/settings/database-names.ts";
import { defaultHealthCommand } from "../../../lib/settings/service.ts";
import { apiConfig } from "../../../services/api/config.ts";
import { readConfig } from "../../../services/common/config.ts";
import { heartbeatFileOf } from "../../../services/common/consumer.ts";
import { notificationConfig } from "../../../services/notification/config.ts";
import { paymentConfig } from "../../../services/payment/config.ts";
import { parseJsonValue, typeTokens } from "../fixtures.ts";
import { nodesOf } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";

const configs = { api: apiConfig, payment: paymentConfig, notification: notificationConfig };

interface Container {
    readonly name: string;
    readonly environment: readonly { readonly name: string }[];
    readonly healthCheck?: { readonly command: readonly string[] };
}

const containersOf = async (stack: string): Promise<Container[]> =>
    nodesOf(await planTestStack(stack), typeTokens.taskDefinition).flatMap(
        ({ inputs }) => parseJsonValue(inputs.containerDefinitions) as Container[],
    );

describe.each(["dev", "staging", "prod"])("the containers of %s", (stack) => {
    test.each(Object.entries(configs))("have every variable that %s needs", async (service, config) => {
        const containers = await containersOf(stack);
        const given = containers.find(({ name }) => name === service)?.environment.map(({ name }) => name) ?? [];
        const needed = Object.entries(config.shape as Readonly<Record<string, z.ZodType>>)
            .filter(([, variable]) => !variable.safeParse(undefined).success)
            .map(([name]) => name);
        expect(needed.filter((name) => !given.includes(name))).toEqual([]);
        expect(given.filter((name) => !(name in config.shape))).toEqual([]);
    });
});

test.each(["dev", "staging", "prod"])(
    "only the API of %s serves requests; the consumers are checked by their heartbeat",
    async (stack) => {
        const containers = await containersOf(stack);
        const commands = containers.map(({ name, healthCheck }) => [name, healthCheck?.command]);
        expect(Object.fromEntries(commands)).toEqual({
            api: undefined,
            migration: undefined,
            payment: ["CMD", ...defaultHealthCommand],
            notification: ["CMD", ...defaultHealthCommand],
        });
        // The image has that command on its PATH, and it looks at the file that a worker's consumer modifies.
        expect(readFileSync("services/Dockerfile", "utf8")).toContain(
            `services/healthcheck /usr/local/bin/${defaultHealthCommand.join(" ")}\n`,
        );
        expect(readFileSync("services/healthcheck", "utf8")).toContain(`find ${heartbeatFileOf({}, {})} -mmin`);
        expect(heartbeatFileOf({ PORT: 8080 }, {})).toBeUndefined();
    },
);

test("the migration makes the database user of each service, and of the task that compares payments", () => {
    const users = readFileSync("services/migration/sql/0002-users.sql", "utf8");
    for (const service of Object.keys(configs)) {
        expect(users).toContain(`'${databaseUserOf(service)}'`);
    }
    const reconciliation = readFileSync("services/migration/sql/0005-reconciliation.sql", "utf8");
    expect(reconciliation).toContain(`CREATE ROLE ${databaseUserOf(reconciliationNoun("payment"))} LOGIN;`);
});

test("a configuration is refused with every variable that is missing or invalid, without a value", () => {
    const environment = { AWS_REGION: "nowhere-secret", LOG_LEVEL: "debug", PORT: "0" };
    expect(() => readConfig(notificationConfig, environment)).toThrow(
        /AWS_REGION: must be a region; ENVIRONMENT is missing; .*PORT: .*DATABASE_HOST is missing/,
    );
    expect(() => readConfig(notificationConfig, environment)).not.toThrow(/nowhere-secret/);
});
