import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { z } from "zod";
import { databaseUserOf } from "../../../lib/settings/database-names.ts";
import { apiConfig } from "../../../services/api/config.ts";
import { readConfig } from "../../../services/common/config.ts";
import { notificationConfig } from "../../../services/notification/config.ts";
import { paymentConfig } from "../../../services/payment/config.ts";
import { parseJsonValue, typeTokens } from "../fixtures.ts";
import { nodesOf } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";

const configs = { api: apiConfig, payment: paymentConfig, notification: notificationConfig };

interface Container {
    readonly name: string;
    readonly environment: readonly { readonly name: string }[];
}

describe.each(["dev", "staging", "prod"])("the containers of %s", (stack) => {
    test.each(Object.entries(configs))("have every variable that %s needs", async (service, config) => {
        const containers = nodesOf(await planTestStack(stack), typeTokens.taskDefinition).flatMap(
            ({ inputs }) => parseJsonValue(inputs.containerDefinitions) as Container[],
        );
        const given = containers.find(({ name }) => name === service)?.environment.map(({ name }) => name) ?? [];
        const needed = Object.entries(config.shape as Readonly<Record<string, z.ZodType>>)
            .filter(([, variable]) => !variable.safeParse(undefined).success)
            .map(([name]) => name);
        expect(needed.filter((name) => !given.includes(name))).toEqual([]);
        expect(given.filter((name) => !(name in config.shape))).toEqual([]);
    });
});

test("the migration makes the database user of each service", () => {
    const sql = readFileSync("services/migration/sql/0002-users.sql", "utf8");
    for (const service of Object.keys(configs)) {
        expect(sql).toContain(`'${databaseUserOf(service)}'`);
    }
});

test("a configuration is refused with every variable that is missing or invalid, without a value", () => {
    const environment = { AWS_REGION: "nowhere-secret", LOG_LEVEL: "debug", PORT: "0" };
    expect(() => readConfig(notificationConfig, environment)).toThrow(
        /AWS_REGION: must be a region; ENVIRONMENT is missing; .*PORT: .*DATABASE_HOST is missing/,
    );
    expect(() => readConfig(notificationConfig, environment)).not.toThrow(/nowhere-secret/);
});
