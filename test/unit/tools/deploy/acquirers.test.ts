import { expect, test } from "@jest/globals";
import { emptyState, type State } from "../../../../plan/state.ts";
import { acquirerCheck } from "../../../../tools/deploy/preflight/acquirers.ts";
import { runPreflightChecks, type PreflightResult } from "../../../../tools/deploy/preflight/check.ts";
import { planTestStack } from "../../../stacks.ts";
import { settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { clientsWith, stateResource, stateWith, type FakeResponses } from "./fakes.ts";

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payment-payment-acquirer-dev-a1b2c3";
const deployed = stateWith([
    stateResource("aws:secretsmanager/secret:Secret", "payment-payment-acquirer-dev", { id: arn }),
]);

async function verdict(answers: FakeResponses, state: State, changes = {}): Promise<PreflightResult> {
    const config = withSettings(readStackConfig("dev"), {
        "network.egress": "nat",
        "network.natGateways": "single",
        "services.payment.acquirer": { url: "https://api.acquirer.example" },
        ...changes,
    });
    const subject = { plan: await planTestStack("dev"), settings: settingsFromConfig(config), state };
    return runPreflightChecks([acquirerCheck], clientsWith(answers).clients, subject);
}

test("a secret without a value is a warning with the command that puts one", async () => {
    for (const VersionIdsToStages of [undefined, {}, { v1: ["AWSPREVIOUS"] }]) {
        expect(await verdict({ DescribeSecret: { VersionIdsToStages } }, deployed)).toEqual({
            problems: [],
            warnings: [
                "credentials for acquirers: the secret of payment has no value, so that its calls to the acquirer fail: " +
                    `aws secretsmanager put-secret-value --secret-id ${arn} --secret-string file://<file> (docs/rotation.md)`,
            ],
        });
    }
});

test("a secret that the update makes is a warning, too", async () => {
    const { problems, warnings } = await verdict({}, emptyState);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
        expect.stringContaining("the update creates the secret of payment without a value: aws secretsmanager"),
    ]);
});

test("with a value, and for a service without an acquirer, there is nothing to say", async () => {
    const quiet = { problems: [], warnings: [] };
    expect(await verdict({ DescribeSecret: { VersionIdsToStages: { v1: ["AWSCURRENT"] } } }, deployed)).toEqual(quiet);
    expect(await verdict({}, emptyState, { "services.payment.acquirer": undefined })).toEqual(quiet);
});
