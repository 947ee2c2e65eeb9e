import { expect, test } from "@jest/globals";
import { requireItem } from "../../../../lib/list.ts";
import { aclAllowsInbound, aclAllowsOutbound, type MatchMode } from "../../../../analysis/network/traffic-filters.ts";
import type { PlanNode, Values } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";

const peer = "10.0.0.0/16";
const entry = (values: Values): Values => ({
    ...{ ruleNo: 100, action: "allow", protocol: "tcp", cidrBlock: "10.0.0.0/8", fromPort: 443, toPort: 443 },
    ...values,
});
const responses = entry({ fromPort: 1024, toPort: 65_535 });

async function aclWith(ingress: readonly Values[], egress: readonly Values[]): Promise<PlanNode> {
    const node = requireItem((await planTestStack("dev")).nodes, 0);
    return { ...node, type: "aws:ec2/networkAcl:NetworkAcl", inputs: { ingress: [...ingress], egress: [...egress] } };
}

test.each<[entries: string, ingress: Values[], any: boolean, every: boolean]>([
    ["one that allows the port", [entry({})], true, true],
    ["none", [], false, false],
    ["one of other ports", [entry({ fromPort: 5000, toPort: 6000 })], false, false],
    ["one of the ports before", [entry({ fromPort: 1, toPort: 442 })], false, false],
    ["one for half of the addresses", [entry({ cidrBlock: "10.0.0.0/17" })], true, false],
    [
        "an earlier one that denies half of the addresses",
        [entry({ ruleNo: 1, action: "deny", cidrBlock: "10.0.0.0/17" }), entry({})],
        true,
        false,
    ],
    ["an earlier one that denies", [entry({}), entry({ ruleNo: 1, action: "deny" })], false, false],
    ["an earlier one that denies UDP", [entry({ ruleNo: 1, action: "deny", protocol: "udp" }), entry({})], true, true],
    [
        "an earlier one that denies IPv6",
        [{ ruleNo: 1, action: "deny", protocol: "tcp", ipv6CidrBlock: "::/0", fromPort: 443, toPort: 443 }, entry({})],
        true,
        true,
    ],
    [
        "an earlier one that denies all protocols",
        [entry({ ruleNo: 1, action: "deny", protocol: "-1" }), entry({})],
        false,
        false,
    ],
])("of the entries of a network ACL, %s: some packets come in: %s, all: %s", async (...[, ingress, any, every]) => {
    const acl = await aclWith(ingress, [responses]);
    const passes = (mode: MatchMode) => aclAllowsInbound(acl, peer, 443, mode);
    expect([passes("any"), passes("every")]).toEqual([any, every]);
});

test("a network ACL must let the responses pass, too, in both directions", async () => {
    const inward = async (egress: Values[]) => aclAllowsInbound(await aclWith([entry({})], egress), peer, 443, "every");
    const outward = async (ingress: Values[]) =>
        aclAllowsOutbound(await aclWith(ingress, [entry({})]), peer, 443, "every");
    const tooFew = entry({ fromPort: 1024, toPort: 60_000 });
    for (const allows of [inward, outward]) {
        expect(await Promise.all([[responses], [], [tooFew]].map(allows))).toEqual([true, false, false]);
    }
    expect(aclAllowsInbound(undefined, peer, 443, "every")).toBe(true);
    expect(aclAllowsOutbound(undefined, peer, 443, "every")).toBe(true);
});
