import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { SubnetList, SubnetMembers } from "../../plan/catalogue/row.ts";
import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { inputTexts, toText } from "../../plan/query.ts";
import { isReplaced, type ChangedPair } from "./replacements.ts";
import type { UpdateConflict } from "./update-conflicts.ts";

/** A resource that the update keeps and whose subnets it changes. */
interface MovedPair extends ChangedPair {
    readonly subnets: SubnetList;
}

/** Subnets that a kept resource cannot have yet, or cannot lose yet. */
export function subnetConflicts(before: Plan, after: Plan, pairs: readonly ChangedPair[]): UpdateConflict[] {
    const moved = pairs.flatMap((pair): MovedPair[] => {
        const subnets = catalogue[pair.after.type]?.subnets;
        return subnets === undefined || isReplaced(pair) || !pair.changes.some(({ path }) => isIn(path, subnets.input))
            ? []
            : [{ ...pair, subnets }];
    });
    return [
        ...pairs
            .filter((pair) => pair.after.type === "aws:ec2/vpc:Vpc" && isReplaced(pair) && moved.length > 0)
            .map((vpc) => otherVpcConflict(vpc.after, moved)),
        ...moved.flatMap((pair) => lostSubnetConflicts(before, after, pair)),
    ];
}

const isIn = (path: string, input: string): boolean => path === input || path.startsWith(`${input}[`);

const otherVpcConflict = (vpc: PlanNode, moved: readonly MovedPair[]): UpdateConflict => ({
    resource: vpc.name,
    text: `is replaced, and AWS moves nothing of these to another VPC: ${moved.map(({ after }) => `${shortTypeName(after.type)} ${after.name}`).join(", ")}`,
    steps: "Set network.cidr back; for another network make another stack (npm run new), and restore the database there (docs/recovery.md)",
});

/** Where a group loses subnets in the update that deletes members, which may be in them: Pulumi deletes them after it has changed the group. */
function lostSubnetConflicts(before: Plan, after: Plan, { subnets, ...group }: MovedPair): UpdateConflict[] {
    const { input, members } = subnets;
    const [former, kept] = [inputTexts(group.before, input), inputTexts(group.after, input)];
    if (members === undefined || former.length <= kept.length) {
        return [];
    }
    const [count, later] = [countOf(before, group.before, members), countOf(after, group.after, members)];
    if (count <= later) {
        return [];
    }
    const names = new Set(after.nodes.map(({ urn }) => urn));
    const zones = before.nodes
        .filter(({ id, urn }) => former.includes(id) && !names.has(urn))
        .map(({ inputs }) => toText(inputs.availabilityZone));
    return [
        {
            resource: group.after.name,
            text: `loses its subnet in ${zones.join(" and ")} while one of ${count} members may be there: AWS refuses it with ${members.refusedWith}`,
            steps: `Update twice: first lower ${members.setting} alone; then take away the zone, once no member is in ${zones.join(" and ")}`,
        },
    ];
}

const countOf = ({ nodes }: Plan, { id }: PlanNode, { type, reference, count }: SubnetMembers): number =>
    nodes
        .filter((node) => node.type === type && node.inputs[reference] === id)
        .reduce((sum, { inputs }) => sum + (count === undefined ? 1 : Number(inputs[count])), 0);
