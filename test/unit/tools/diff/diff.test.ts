import { beforeAll, describe, expect, test } from "@jest/globals";
import { Secret, type Plan } from "../../../../plan/plan.ts";
import { renderMarkdown } from "../../../../tools/diff/render.ts";
import type { DiffReport } from "../../../../tools/diff/report.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, changeResources, type PlanChange } from "../../checks/fault.ts";
import { readStackConfig } from "../../settings/stack-config.ts";
import { linesOf, reportOfPlans, reportOfSettings } from "./changes.ts";

const services = JSON.parse(readStackConfig("dev")["payment-platform:services"] ?? "") as Record<string, object>;
/** Each line fits a comment, and the whole report is printed. */
function expectReadable(report: DiffReport): void {
    const lines = renderMarkdown(report).split("\n");
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
}

const manifest = "~  manifest: [secret] -> another [secret]";

test("a changed limit of the load balancer's firewall is one line", async () => {
    const report = await reportOfSettings({ "waf.requestsPer5Minutes": 3000 });
    expect(linesOf(report)).toEqual([
        "dev, compared with before: 1 resource: 1 updated",
        "Edge",
        "~  wafv2.WebAcl payment-firewall-dev",
        "rules[1].statement.rateBasedStatement.limit: 2000 -> 3000",
        "Outputs of the stack",
        manifest,
    ]);
});

test("an input that a change only leaves out, and that AWS keeps, is marked", async () => {
    const dev = await planTestStack("dev");
    const type = "aws:rds/cluster:Cluster";
    const without = changeResources(type, "", (node) => {
        const { databaseInsightsMode, copyTagsToSnapshot, ...inputs } = node.inputs;
        expect([databaseInsightsMode, copyTagsToSnapshot]).toEqual(["standard", true]);
        return [{ ...node, inputs }];
    });
    expect(linesOf(reportOfPlans(dev, without(dev)))).toEqual(
        expect.arrayContaining([
            "databaseInsightsMode: standard -> nothing (AWS keeps the former value)",
            "copyTagsToSnapshot: true -> nothing",
        ]),
    );
    expect(linesOf(reportOfPlans(without(dev), dev))).toContain("databaseInsightsMode: nothing -> standard");
});

test("a second CORS origin changes the validator and the responses of the gateway, which gets a new deployment", async () => {
    const report = await reportOfSettings({
        "gateway.corsOrigins": ["http://localhost:3000", "https://shop.example.com"],
    });
    const lines = linesOf(report);
    expect(lines).toContain(
        "environment.variables.CORS_ORIGINS: http://localhost:3000 -> http://localhost:3000,https://shop.example.com",
    );
    expect(lines).toContain("+- apigateway.Deployment payment-gateway-dev");
    expect(lines.join(" ")).toMatch(/triggers\.redeployment: \w+ -> \w+ \(forces replacement\)/);
    expect(lines).toContain("deployment: apigateway.Deployment:payment-gateway-dev:id -> (known after the update)");
    expect(lines.join(" ")).toContain(
        "Access-Control-Allow-Origin: 'http://localhost:3000' -> nothing, on 17 resources",
    );
    expectReadable(report);
});

test("a service that gets the cache gets the rights and the path to it", async () => {
    const report = await reportOfSettings({ "services.notification.stores": ["database", "cache"] });
    expect(report.rights).toEqual({
        added: [
            "payment-notification-task-dev may secretsmanager:GetSecretValue on payment-cache-token-dev",
            expect.stringMatching(/^payment-notification-task-dev may kms:Decrypt on payment-data-dev if /),
        ],
        removed: [],
    });
    expect(report.paths).toEqual({
        added: ["payment-notification-dev (service) -> payment-cache-dev (store), tcp 6379"],
        removed: [],
    });
    expect(report.consequences.map(({ resource, kind }) => `${resource}:${kind}`)).toEqual([
        "payment-cache-dev:path",
        "payment-notification-task-dev:rights",
    ]);
    expect(linesOf(report)).toContain("+- ecs.TaskDefinition payment-notification-dev");
    expectReadable(report);
});

test("a service that may send to a queue gets the right and the queue's URL, and no path", async () => {
    const report = await reportOfSettings({ "services.notification.sends": ["processing"] });
    expect(report.rights.added).toContain(
        "payment-notification-task-dev may sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev",
    );
    expect(report.paths).toEqual({ added: [], removed: [] });
    expect(linesOf(report).join(" ")).toMatch(
        /environment\["PROCESSING_QUEUE_URL"\]: nothing -> .*\(forces replacement\)/,
    );
    expectReadable(report);
});

test("fewer days of snapshots are one property, and need an acceptance", async () => {
    const lines = linesOf(await reportOfSettings({ "cache.snapshotRetentionDays": 1 }));
    expect(lines).toContain("snapshotRetentionLimit: 7 -> 1");
    expect(lines.join(" ")).toContain("payment-cache-dev: protection: ");
    expect(lines[0]).toBe("dev, compared with before: 1 resource: 1 updated");
});

test("another cost centre is one line for all resources, and changes no alarm", async () => {
    const report = await reportOfSettings({ costCenter: "other" });
    expect(linesOf(report)).toEqual([
        "dev, compared with before: 221 resources: 221 updated",
        "Stack",
        "~  provider aws payment-aws-dev",
        "defaultTags.tags.CostCenter: dev-payments -> other",
        "Same change in many resources",
        "~  tagsAll.CostCenter: dev-payments -> other, on 220 resources",
        "Outputs of the stack",
        manifest,
    ]);
});

test("a replaced resource shows all of its changes, also what many updated ones have in common", async () => {
    const report = await reportOfSettings({ costCenter: "other", "services.notification.sends": ["processing"] });
    const lines = linesOf(report);
    expect(lines).toContain("~  tagsAll.CostCenter: dev-payments -> other, on 219 resources");
    expect(lines).toContain("+- ecs.TaskDefinition payment-notification-dev");
    expect(lines).toContain("tagsAll.CostCenter: dev-payments -> other");
});

test("a renamed service is a deleted and a new one, with the losses first", async () => {
    const report = await reportOfSettings({
        services: { api: services.api, payments: services.payment, notification: services.notification },
    });
    const lines = linesOf(report);
    expect(lines[1]).toBe("Only a person may accept");
    expect(lines[2]).toMatch(/^!! payment-payment-dev: delete: deletes the LogGroup; the data in it is deleted/);
    const place = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(place("Replaced and deleted in Compute")).toBeGreaterThan(0);
    expect(place("+  ecs.Service payment-payments-dev")).toBeGreaterThan(place("-  ecs.Service payment-payment-dev"));
    expect(report.alarms.map(({ operation, name }) => `${operation} ${name}`)).toContain(
        "delete payment-payment-cpu-high-dev",
    );
    expectReadable(report);
});

test("another engine version changes the cluster in place, and deletes no parameters that it uses until then", async () => {
    const lines = linesOf(await reportOfSettings({ "database.engineVersion": "16" }));
    expect(lines.filter((line) => line === 'engineVersion: "17" -> "16"')).toHaveLength(1);
    expect(lines).toContain("~  rds.Cluster payment-database-dev");
    expect(lines.filter((line) => line.includes("ParameterGroup payment-"))).toEqual([]);
});

test("a removed merchant removes the key, an alarm, and some of the cost", async () => {
    const report = await reportOfSettings({ "gateway.merchants": {} });
    const lines = linesOf(report);
    expect(lines).toContain("-  apigateway.ApiKey payment-gateway-merchant-example-shop-dev");
    expect(lines).toContain("-  payment-gateway-usage-near-quota-dev");
    expect(report.cost).toMatchObject({
        changes: [
            { item: "Secrets", before: expect.closeTo(1.6), after: expect.closeTo(1.2) },
            { item: "Alarms", before: expect.closeTo(11.1), after: expect.closeTo(11) },
        ],
    });
    expect(lines.join(" ")).toMatch(/\$\d+\.\d\d -> \$\d+\.\d\d \(-\$0\.50\)/);
});

test("parts without a price in the region are named once something differs", async () => {
    const dev = changeInputs("pulumi:providers:aws", "", { region: "eu-west-1" })(await planTestStack("dev"));
    const withoutKey = changeResources("aws:kms/key:Key", "payment-logs-dev", () => [])(dev);
    const text = "not included, without a price in the region: Interface endpoints, Load balancer, ";
    const found = (after: Plan) => linesOf(reportOfPlans(dev, after)).filter((line) => line.startsWith(text));
    expect(found(dev)).toEqual([]);
    expect(found(withoutKey)).toHaveLength(1);
});

describe("every change of a plan is reported", () => {
    let dev: Plan;
    beforeAll(async () => {
        dev = await planTestStack("dev");
    });
    const queue = "aws:sqs/queue:Queue";
    const one = (change: Parameters<typeof changeResources>[2]): PlanChange =>
        changeResources(queue, "payment-processing-dev", change);

    test.each<[string, PlanChange, string]>([
        ["protect", one((n) => [{ ...n, options: { ...n.options, protect: true } }]), "options.protect: false -> true"],
        [
            "ignored changes",
            one((n) => [{ ...n, options: { ...n.options, ignoreChanges: ["tags"] } }]),
            "options.ignoreChanges[0]: nothing -> tags",
        ],
        [
            "an alias",
            one((n) => [{ ...n, options: { ...n.options, aliases: [{ name: "old" }] } }]),
            'options.aliases["old"]: nothing -> {"name":"old"}',
        ],
        [
            "what it waits for",
            one((n) => [{ ...n, dependencies: [...n.dependencies, "urn:pulumi:dev::p::t::other"] }]),
            "dependsOn[0]: nothing -> other",
        ],
        [
            "another provider",
            one((n) => [{ ...n, provider: "urn:pulumi:dev::p::t::other" }]),
            "provider: payment-aws-dev -> other",
        ],
        ["an ID", one((n) => [{ ...n, id: "other" }]), "payment-processing-dev id: "],
        ["what a preview knows", one((n) => [{ ...n, unknown: [] }]), "payment-processing-dev unknown"],
        [
            "a secret",
            changeInputs(queue, "payment-processing-dev", { policy: new Secret("hush") }),
            "policy: nothing -> [secret]",
        ],
        ["an output", (plan) => ({ ...plan, outputs: { ...plan.outputs, more: 1 } }), "more: nothing -> 1"],
        ["an answer", (plan) => ({ ...plan, inventedAnswers: [] }), "inventedAnswers"],
        [
            "a component",
            changeResources("payment:index:Messaging", "", (n) => [{ ...n, outputs: {} }]),
            "outputs.topicArns: ",
        ],
        ["the order", (plan) => ({ ...plan, nodes: plan.nodes.toReversed() }), "in another order"],
    ])("%s", (_, change, line) => {
        const report = reportOfPlans(dev, change(dev));
        expect(linesOf(report).join("\n")).toContain(line);
        expect(renderMarkdown(report)).not.toContain("Nothing changes");
        expect(JSON.stringify(report)).not.toContain("hush");
    });

    test("only two equal plans are reported as unchanged", () => {
        expect(linesOf(reportOfPlans(dev, { ...dev, messages: ["a word"] }))).toEqual([
            "dev, compared with before: no AWS resource changes",
            "Nothing changes: both plans are the same, byte by byte.",
        ]);
    });

    test("a comment that is cut says how many lines it omits", () => {
        const report = reportOfPlans(dev, { ...dev, nodes: [] });
        const text = renderMarkdown(report, 5000);
        expect(text.length).toBeLessThanOrEqual(5000);
        expect(text).toMatch(/\n\d+ more lines do not fit here: see them with `npm run diff -- dev --from <base>`/);
    });

    test("no value can end the code block of a comment", () => {
        const text = renderMarkdown(reportOfPlans(dev, { ...dev, outputs: { ...dev.outputs, more: "````" } }));
        expect(text).toMatch(/^`{5}diff$/m);
    });
});
