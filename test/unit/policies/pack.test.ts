import { AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { expect, test } from "@jest/globals";
import { packOf } from "../../../policies/pack.ts";
import { revived } from "../../../policies/pack/identities.ts";
import type { Plan } from "../../../tools/plan/plan.ts";
import { planOf } from "../../stacks.ts";
import { inProcess, run, type Diagnostic } from "./engine.ts";
import { inputs, where, without } from "./fault.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const pack = inProcess(packOf(process.cwd()));
const judge = (plan: Plan, preview: boolean): Promise<Diagnostic[]> => run(pack, plan.nodes, preview);

/** The same stack in AWS, which gives other accounts, IDs and suffixes than the offline plan makes up. */
function deployed(plan: Plan): Plan {
    const text = JSON.stringify(plan)
        .replaceAll("123456789012", "210987654321")
        .replace(
            /\b(subnet|sg|vpc|vpce|rtb|acl)-([0-9a-f]{17})\b/g,
            (_, kind: string, hex: string) => `${kind}-${hex.slice(8)}${hex.slice(0, 8)}`,
        )
        .replace(/\b(key|certificate)\/[0-9a-f]{8}-/g, "$1/ffffffff-");
    return JSON.parse(text, revived) as Plan;
}

test("a preview of a new stack, which knows no IDs, passes", async () => {
    expect(await judge(await planOf("dev"), true)).toEqual([]);
});

test("an update that has ended, with the account and the IDs that AWS has given, passes", async () => {
    expect(await judge(deployed(await planOf("dev")), false)).toEqual([]);
});

test("a port that a preview opens to the world stops it, at the resource", async () => {
    const opened = inputs(ingress, "tasks-cache", {
        cidrIpv4: "0.0.0.0/0",
        referencedSecurityGroupId: undefined as unknown as string,
    })(await planOf("dev"));
    const found = (await judge(opened, true)).filter(({ policy }) => policy === "world-reaches-https-only");
    expect(found).toEqual([
        expect.objectContaining({ urn: expect.stringContaining("::payment-tasks-cache"), mandatory: true }),
    ]);
});

test("a resource that the stack's files do not make is a violation", async () => {
    const more = where("aws:sqs/queue:Queue", "processing-dlq", (node) => [
        node,
        { ...node, urn: `${node.urn}-more`, name: "more" },
    ])(await planOf("dev"));
    expect(await judge(more, true)).toEqual([
        expect.objectContaining({
            policy: "as-planned",
            message: expect.stringContaining("-more is not in the offline plan"),
        }),
    ]);
});

test("a resource that the engine lacks is a violation, and rules miss it", async () => {
    const less = without("aws:wafv2/webAclAssociation:WebAclAssociation", "gateway")(await planOf("dev"));
    const found = await judge(less, true);
    expect(found.map(({ policy }) => policy)).toEqual(expect.arrayContaining(["as-planned", "doors-behind-firewall"]));
});

test("an engine that does not send the stack itself lacks nothing", async () => {
    const { nodes, ...plan } = await planOf("dev");
    const stackType = "pulumi:pulumi:Stack";
    expect(await judge({ ...plan, nodes: nodes.filter(({ type }) => type !== stackType) }, true)).toEqual([]);
});

test("a stack without resources breaks nothing", async () => {
    expect(await run(pack, [], true)).toEqual([]);
});

test("what a targeted run leaves alone, and so never sends, is judged as planned", async () => {
    const silent = { ...inProcess(packOf(process.cwd())), analyze: () => Promise.resolve(new AnalyzeResponse()) };
    expect(await run(silent, (await planOf("dev")).nodes, true)).toEqual([]);
});
