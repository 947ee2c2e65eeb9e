import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import type { StateResource } from "../../plan/state.ts";
import { noDifferenceText } from "../../tools/diff/document.ts";
import type { DiffReport } from "../../tools/diff/report.ts";
import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import { findRemainingResources } from "./support/remaining-resources.ts";
import type { ProcessResult } from "./support/process.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** A service without requests; it has no image, so that no task starts. */
const worker = {
    ...{ cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 5 },
    ...{ stores: ["database"], sends: ["processing"] },
};
const withPath = { ...worker, path: "/refund/*", priority: 40 };
const name = "payment-refund-dev";

/** Does something with the service `refund` among the settings of dev; without it where there are no settings for it. */
const withRefund = <T>(settings: object | undefined, act: () => Promise<T>): Promise<T> =>
    project.withChangedSettings(
        "dev",
        settings === undefined ? [] : [{ path: ["services", "refund"], value: settings }],
        act,
    );

const update = (settings: object | undefined, ...accept: string[]): Promise<ProcessResult> =>
    withRefund(settings, () =>
        project.deploy("dev", ["up", "--yes", ...accept.flatMap((consequence) => ["--accept", consequence])]),
    );

/** What must be accepted, as the refusal says it. */
const askedFor = ({ stderr }: ProcessResult): string[] =>
    [...stderr.matchAll(/--accept (\S+)/g)].map(([, asked = ""]) => asked);

/** Brings dev to these settings, whatever the scenario before has left. */
async function begin(settings: object | undefined): Promise<void> {
    await project.ensureDeployed("dev");
    const first = await update(settings);
    const { code } = first.code === exitCodeFor("unconfirmed") ? await update(settings, ...askedFor(first)) : first;
    expect(code).toBe(0);
}

async function deployed(): Promise<readonly StateResource[]> {
    return (await project.state("dev")).resources;
}

/** What an update may not touch before it is accepted: what AWS alone decides is left out. */
const untouched = async () => (await deployed()).map(({ urn, id, inputs }) => ({ urn, id, inputs }));

const brief = ({ urn, type }: StateResource): string => `${shortTypeName(type)} ${urn.split("::").at(-1) ?? ""}`;

/** Resources of the service, such as `lb.TargetGroup refund-dev`. */
const ofRefund = async (): Promise<string[]> =>
    (await deployed())
        .filter(({ urn, custom }) => custom === true && urn.includes("refund"))
        .map(brief)
        .sort();

/** Resources that an update deletes (`-`) or replaces (`+-`), by its log, which repeats what its preview has said. */
const logged = ({ stdout }: ProcessResult, sign: "-" | "+-"): string[] => {
    const found = stdout.split("\n").flatMap((line) => {
        const [, mark, resource = "", type = ""] = /^(\S+) +(\S+) \((\S+?)\)/.exec(line) ?? [];
        return mark === sign ? [`${shortTypeName(type)} ${resource}`] : [];
    });
    return [...new Set(found)].sort();
};

/** What the emulator drops from a service whose alarms change: it takes them for the whole deployment configuration. */
const forgotten = ["deploymentCircuitBreaker", "deploymentMaximumPercent", "deploymentMinimumHealthyPercent"];

const nothingToDo = (settings: object | undefined): Promise<void> =>
    withRefund(settings, async () => {
        const { code, steps } = await project.runOperation("preview", "dev");
        const others = steps.filter(
            ({ name: resource, changedInputs }) =>
                resource !== name || changedInputs.some((property) => !forgotten.includes(property)),
        );
        expect({ code, others }).toEqual({ code: 0, others: [] });
    });

const always = [
    "appautoscaling.Policy payment-refund-cpu-dev",
    "appautoscaling.Policy payment-refund-memory-dev",
    `appautoscaling.Target ${name}`,
    `cloudwatch.LogGroup ${name}`,
    `cloudwatch.LogMetricFilter ${name}`,
    "cloudwatch.MetricAlarm payment-refund-application-errors-dev",
    "cloudwatch.MetricAlarm payment-refund-cpu-high-dev",
    "cloudwatch.MetricAlarm payment-refund-memory-high-dev",
    `ecr.LifecyclePolicy ${name}`,
    `ecr.Repository ${name}`,
    `ecs.Service ${name}`,
    `ecs.TaskDefinition ${name}`,
    "iam.Role payment-refund-execution-dev",
    "iam.Role payment-refund-task-dev",
    "iam.RolePolicy payment-refund-execution-dev",
    "iam.RolePolicy payment-refund-task-dev",
];
const forRequests = [
    "cloudwatch.MetricAlarm payment-refund-latency-p99-dev",
    "cloudwatch.MetricAlarm payment-refund-target-5xx-dev",
    "cloudwatch.MetricAlarm payment-refund-target-unhealthy-dev",
    `lb.ListenerRule ${name}`,
    "lb.TargetGroup refund-dev",
];
/** Security group and rules of workers, which a stack has while one of its services is one. */
const forWorkers = [
    "ec2.SecurityGroup payment-workers-dev",
    "vpc.SecurityGroupEgressRule payment-workers-endpoints-egress-dev",
    "vpc.SecurityGroupEgressRule payment-workers-s3-egress-dev",
    "vpc.SecurityGroupIngressRule payment-workers-endpoints-ingress-dev",
];

scenario("a new service is refused, with its rights and paths, until exactly these are accepted", 40, async () => {
    await begin(undefined);
    const before = await untouched();
    const refused = await update(withPath);
    expect(refused.code).toBe(exitCodeFor("unconfirmed"));
    expect(askedFor(refused)).toEqual([`${name}:path`, `${name}:rights`]);
    expect(refused.stderr).toContain("payment-dev (load balancer) -> payment-refund-dev (service), tcp 8080");
    expect(refused.stderr).toContain("payment-refund-dev (service) -> payment-database-dev (store), tcp 5432");
    expect(refused.stderr).toContain("sqs:GetQueueUrl, sqs:SendMessage on payment-processing-dev");
    expect(await untouched()).toEqual(before);

    const accepted = await update(withPath, ...askedFor(refused));
    expect(accepted.code).toBe(0);
    expect([logged(accepted, "-"), logged(accepted, "+-")]).toEqual([[], []]);
    await nothingToDo(withPath);
    expect(await ofRefund()).toEqual([...always, ...forRequests].sort());
});

scenario("a service that becomes a worker loses its routes and targets, and nothing else is deleted", 40, async () => {
    await begin(withPath);
    // No data and no address is lost, and no right and no path is added, so nothing must be accepted.
    const updated = await update(worker);
    expect(updated.code).toBe(0);
    expect(logged(updated, "-")).toEqual(forRequests);
    expect(logged(updated, "+-")).toEqual([`ecs.TaskDefinition ${name}`]);
    await nothingToDo(worker);
    expect(await ofRefund()).toEqual(always);
});

scenario("a worker that gets a path needs an acceptance for that path alone", 40, async () => {
    await begin(worker);
    const refused = await update(withPath);
    expect({ code: refused.code, asked: askedFor(refused) }).toEqual({
        code: exitCodeFor("unconfirmed"),
        asked: [`${name}:path`],
    });
    const accepted = await update(withPath, `${name}:path`);
    expect(accepted.code).toBe(0);
    expect(logged(accepted, "-")).toEqual(forWorkers);
    expect(logged(accepted, "+-")).toEqual([`ecs.TaskDefinition ${name}`]);
    await nothingToDo(withPath);
    expect(await ofRefund()).toEqual([...always, ...forRequests].sort());
});

scenario(
    "a service is removed, with its logs and images, only once that is accepted, and leaves nothing",
    40,
    async () => {
        await begin(withPath);
        const before = await untouched();
        const refused = await update(undefined);
        expect({ code: refused.code, asked: askedFor(refused) }).toEqual({
            code: exitCodeFor("unconfirmed"),
            asked: [`${name}:delete`],
        });
        expect(refused.stderr).toMatch(
            /deletes the LogGroup; the data in it is deleted: .*; deletes the Repository; the data in it is deleted: /,
        );
        expect(await untouched()).toEqual(before);

        const accepted = await update(undefined, `${name}:delete`);
        expect({ code: accepted.code, replaced: logged(accepted, "+-") }).toEqual({ code: 0, replaced: [] });
        await nothingToDo(undefined);
        const state = await project.state("dev");
        expect(JSON.stringify([state.resources, state.outputs, state.manifest])).not.toContain("refund");
        expect((await findRemainingResources("dev")).filter((found) => found.includes("refund"))).toEqual([]);
    },
);

/** The API's allows more, for its merchants. */
const firewalls = [{ component: "Edge", name: "payment-firewall-dev" }];

scenario(
    "a comparison with what is deployed shows what a setting changes, and nothing when no setting changed",
    20,
    async () => {
        await begin(undefined);
        const diff = (...options: string[]) => project.npm("diff", ["dev", "--from", "deployed", ...options]);
        const asJson = async (): Promise<DiffReport> => JSON.parse((await diff("--json")).stdout) as DiffReport;
        // A refresh rewrites inputs in the state as the provider reads them.
        await project.runOperationSuccessfully("refresh", "dev");
        const same = await diff();
        expect(same.code).toBe(0);
        expect(same.stdout).toContain(noDifferenceText(await asJson()));

        await project.withChangedSettings("dev", [{ path: ["waf", "requestsPer5Minutes"], value: 3000 }], async () => {
            const limit = "rules[1].statement.rateBasedStatement.limit";
            const { resources, options, outputs, derived, consequences, rights, paths, alarms, isSame } =
                await asJson();
            expect(resources).toMatchObject(
                firewalls.map(({ component, name: firewall }) => ({
                    ...{ component, name: firewall, type: "aws:wafv2/webAcl:WebAcl", operation: "update" },
                    changes: [{ path: limit, before: 2000, after: 3000, forcesReplacement: false }],
                })),
            );
            expect({ options, outputs, derived, consequences, rights, paths, alarms, isSame }).toEqual({
                ...{ options: [], derived: [], consequences: [], alarms: [], isSame: false },
                // The manifest has a digest of the settings.
                outputs: [{ path: "manifest", before: "[secret]", after: "[secret]" }],
                ...{ rights: { added: [], removed: [] }, paths: { added: [], removed: [] } },
            });
            const { code, stdout } = await diff("--format", "markdown");
            expect(code).toBe(0);
            expect(stdout.split("\n").filter((line) => line !== "")).toEqual([
                "#### dev, compared with what is deployed: 1 resource: 1 updated",
                "```diff",
                ...firewalls.flatMap(({ component, name: firewall }) => [
                    `@@ ${component} @@`,
                    `!  wafv2.WebAcl ${firewall}`,
                    `      ${limit}: 2000 -> 3000`,
                ]),
                "@@ Outputs of the stack @@",
                "!  manifest: [secret] -> another [secret]",
                "```",
            ]);
        });
        expect((await diff("--format", "html")).code).toBe(2);
        // It was never deployed.
        expect(await project.npm("diff", ["staging", "--from", "deployed"])).toMatchObject({ code: 1, stdout: "" });
    },
);
