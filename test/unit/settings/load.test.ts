import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings, readSettings } from "../../../lib/settings.ts";
import { newStackHint, noSettingsMessage } from "../../../lib/settings/no-settings.ts";
import { readStackConfig, type StackConfig, withSetting, withSettings } from "./stack-config.ts";

const dev = readStackConfig("dev");

test("a secret setting is refused, and its value is not shown", () => {
    const config = withSettings(dev, { "network.cidr": "hunter2", databasePassword: "hunter2" });
    const secret = ["payment-platform:network", "payment-platform:databasePassword", "other:token"];
    const rule =
        "must not be secret: the platform reads no secrets from its configuration; keep them in Secrets Manager";
    expect(readSettings(config, secret, "2026-06-30").problems).toEqual([
        `payment-platform:network ${rule}`,
        `payment-platform:databasePassword ${rule}`,
    ]);
});

const load = (config: StackConfig, secretKeys: string[] = []) => {
    pulumi.runtime.setAllConfig(config, secretKeys);
    return loadSettings();
};

test("the program reads the stack's configuration from Pulumi", () => {
    expect(load(dev)).toMatchObject({ environment: "dev", region: "us-east-1", network: { cidr: "10.0.0.0/16" } });
});

test("an operator sees the list of problems and no stack trace", () => {
    const broken = withSettings(dev, { "network.cidr": "10.0.0.0/8", costCenter: undefined });
    expect(() => load(broken)).toThrow(pulumi.RunError);
    expect(() => load(broken)).toThrow(
        [
            `Pulumi.${pulumi.getStack()}.yaml has 2 problems:`,
            "payment-platform:costCenter is required: CostCenter tag.",
            'payment-platform:network.cidr must be a private IPv4 block of /16 to /20, got "10.0.0.0/8"',
        ].join("\n  "),
    );
    expect(() => load(withSetting(dev, "costCenter", undefined))).toThrow(/ has 1 problem:\n/);
});

test("a stack without settings gets a message on how to create them, not on each setting", () => {
    const stack = pulumi.getStack();
    const message = `Pulumi.${stack}.yaml has no settings of the platform. ${newStackHint(stack)}`;
    expect(() => load({})).toThrow(new pulumi.RunError(message));
    expect(() => load({ "aws:region": "us-east-1", "pulumi:disable-default-providers": '["aws"]' })).toThrow(message);
});

test("a stack is not advised to copy itself", () => {
    expect(noSettingsMessage("dev")).toBe(
        "Pulumi.dev.yaml has no settings of the platform. docs/settings.md lists them",
    );
    expect(newStackHint("dev", ["dev", "prod"])).toContain("npm run new -- dev --from prod");
    expect(newStackHint("qa", ["a", "dev"])).toContain("npm run new -- qa --from dev");
});

test("a value that Pulumi marks as a secret counts as one", () => {
    expect(() => load(dev, ["payment-platform:tags", "payment-platform:network"])).toThrow(
        "payment-platform:network must not be secret",
    );
});
