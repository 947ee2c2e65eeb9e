import { providerInputs } from "../../plan/fake-provider/outputs.ts";
import { automaticEnding } from "../../plan/physical-names.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { isObjectOrArray, getPath, type UnknownRecord } from "../../plan/query.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";

/** A resource whose inputs the engine has sent, with the inputs of its provider. */
export interface CheckedResource {
    readonly node: PlanNode;
    readonly inputs: UnknownRecord;
    readonly provider: UnknownRecord;
}

/**
 * Whether a provider, or the engine, has added this to the program's inputs. The engine does not send `__defaults`, a
 * provider's list of what it has added, so each addition is identified by its path and value. Any other input that the
 * offline plan does not have is a difference of the program.
 *
 * @param path of the input, without the places in lists: `rules.*.priority`
 */
export function isAddedByProvider(checked: CheckedResource, path: string, value: unknown): boolean {
    const { node, inputs, provider } = checked;
    if (value === null || path.split(".").some((key) => key.startsWith("__"))) {
        return true;
    }
    switch (path) {
        case "region":
            // https://github.com/pulumi/pulumi-aws/blob/master/provider/region.go
            return value === provider.region;
        case "tagsAll":
            // https://github.com/pulumi/pulumi-aws/blob/master/provider/tags.go
            return isSame(value, tagsWithDefaults(inputs, provider));
        case "version":
        case "pluginDownloadURL":
            // The engine adds them to the inputs of providers, to find the plugin.
            return node.type.startsWith("pulumi:providers:");
        default:
            return (
                (typeof value === "string" && isAutomaticName(node, value)) ||
                isSame(value, catalogue[node.type]?.providerDefaults?.[path]) ||
                // The description that pulumi-aws gives to groups, provider/resources.go: managedByPulumi.
                value === "Managed by Pulumi"
            );
    }
}

/** The provider's default tags, and those of the resource. */
function tagsWithDefaults({ tags }: UnknownRecord, provider: UnknownRecord): UnknownRecord {
    const ofProvider = getPath(providerInputs(provider), "defaultTags.tags");
    return { ...(isObjectOrArray(ofProvider) ? ofProvider : {}), ...(isObjectOrArray(tags) ? tags : {}) };
}

const endingOfAutomaticName = new RegExp(`^${automaticEnding}(\\.fifo)?$`);

/** A name that Pulumi has made, and the suffix of FIFO queues and topics; RDS stores it in lower case. */
const isAutomaticName = ({ name }: PlanNode, value: string): boolean =>
    value.toLowerCase().startsWith(name.toLowerCase()) && endingOfAutomaticName.test(value.slice(name.length));

function isSame(one: unknown, other: unknown): boolean {
    if (!isObjectOrArray(one) || !isObjectOrArray(other)) {
        return one === other;
    }
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
}
