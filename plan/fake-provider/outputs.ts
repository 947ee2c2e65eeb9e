import { catalogue } from "../catalogue/catalogue.ts";
import { hexDigitsOf, nameInputOf, prefixedDigits } from "../physical-names.ts";
import type { ResourceClass } from "../resource-class.ts";
import { withoutSecretMark, isWireObject, textFromWire, type Wire, type WireObject } from "../value.ts";

/** Where a provider works. */
export interface ProviderLocation {
    region: string;
    account: string;
    partition: string;
    defaultTags: WireObject;
}

/** A resource that asks what a provider would say of it. */
export interface ProviderRequest extends ProviderLocation {
    type: string;
    /** Logical name. */
    name: string;
    /** Name in AWS, or the logical name of what has none. */
    physicalName: string;
    inputs: WireObject;
    /** Hexadecimal digits that are the resource's own. */
    hex: (count: number) => string;
    /** A UUID that is the resource's own. */
    uuid: string;
    /** A string input, or what to take in its place. */
    text: (input: string, otherwise?: string) => string;
    arn: (service: string, path: string, scope?: { region?: string; account?: string }) => string;
}

/** A made-up account, as no credentials say which it would be. */
const placeholderAccount = "123456789012";

const partitionOf = (region: string): string =>
    region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

export const providerLocationIn = (region: string): ProviderLocation => ({
    region,
    account: placeholderAccount,
    partition: partitionOf(region),
    defaultTags: {},
});

/** Where the provider with these inputs works. */
export function providerLocationOf(provider: WireObject, otherwise: ProviderLocation): ProviderLocation {
    const region = textFromWire(provider.region) ?? otherwise.region;
    const accounts = provider.allowedAccountIds;
    const tags = provider.defaultTags;
    return {
        region,
        account: (Array.isArray(accounts) ? textFromWire(accounts[0]) : undefined) ?? otherwise.account,
        partition: partitionOf(region),
        defaultTags: isWireObject(tags) && isWireObject(tags.tags) ? tags.tags : {},
    };
}

/** The inputs of a provider, whose structured ones travel as JSON in strings. */
export const providerInputs = <T>(wire: Readonly<Record<string, T>>): Record<string, T | Wire> =>
    Object.fromEntries(
        Object.entries(wire).map(([key, value]) => [
            key,
            typeof value === "string" && /^([[{]|true$|false$)/.test(value) ? (JSON.parse(value) as Wire) : value,
        ]),
    );

/** The ID and every output that the type declares, realistic where the catalogue has the form, otherwise a plain label. */
export function fakeOutputsOf(
    resource: { type: string; name: string; urn: string },
    inputs: WireObject,
    declared: ResourceClass,
    place: ProviderLocation,
): { id: string; outputs: WireObject } {
    const asked = createProviderRequest(resource, inputs, place);
    const rows = catalogue[resource.type]?.fakeOutputs ?? {};
    const outputs: WireObject = {};
    for (const property of declared.outputs) {
        outputs[property] = defaultOutput(property, asked);
    }
    for (const [property, row] of Object.entries(rows)) {
        // The catalogue may also fill an input that AWS fills when the program does not.
        if (!(property in inputs)) {
            outputs[property] = typeof row === "function" ? row(asked) : row;
        }
    }
    const { id, ...others } = outputs;
    return { id: typeof id === "string" ? id : defaultId(asked, inputs), outputs: others };
}

function createProviderRequest(
    resource: { type: string; name: string; urn: string },
    inputs: WireObject,
    place: ProviderLocation,
): ProviderRequest {
    const hex = (count: number): string => hexDigitsOf(resource.urn, count);
    const prefix = textFromWire(inputs[`${nameInputOf(resource.type)}Prefix`]);
    const h = hex(32);
    return {
        ...place,
        type: resource.type,
        name: resource.name,
        physicalName:
            textFromWire(inputs[nameInputOf(resource.type)]) ??
            (prefix === undefined ? resource.name : `${prefix}${hex(prefixedDigits)}`),
        inputs,
        hex,
        uuid: [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-"),
        text: (input, otherwise = "") => textFromWire(inputs[input]) ?? otherwise,
        arn: (service, path, scope) =>
            [
                "arn",
                place.partition,
                service,
                scope?.region ?? place.region,
                scope?.account ?? place.account,
                path,
            ].join(":"),
    };
}

/** Most resources are known by their name; the others get a label. */
const defaultId = (asked: ProviderRequest, inputs: WireObject): string =>
    nameInputOf(asked.type) in inputs || `${nameInputOf(asked.type)}Prefix` in inputs
        ? asked.physicalName
        : placeholderLabel("id", asked);

/** `sqs.Queue:payments:fifo`: tells where a value comes from that nobody has given a form. */
const placeholderLabel = (property: string, asked: ProviderRequest): string =>
    `${shortTypeName(asked.type)}:${asked.name}:${property}`;

function defaultOutput(property: string, asked: ProviderRequest): Wire {
    switch (property) {
        case "arn":
            return asked.type.replace(/^\w+:(\w+)\/(\w+):.*$/, (_, service: string, kind: string) =>
                asked.arn(service, `${kind}/${asked.physicalName}`),
            );
        case "tagsAll": {
            const tags = withoutSecretMark(asked.inputs.tags);
            return { ...asked.defaultTags, ...(isWireObject(tags) ? tags : {}) };
        }
        case "ownerId":
        case "accountId":
        case "awsAccountId":
        case "registryId":
            return asked.account;
        default:
            return placeholderLabel(property, asked);
    }
}

/** `aws:sqs/queue:Queue` is `sqs.Queue`, `random:index/randomPassword:RandomPassword` is `random.RandomPassword`. */
export const shortTypeName = (type: string): string =>
    type
        .replace(/^pulumi:providers:/, "provider ")
        .replace(/^(\w+):index\/\w+:/, "$1.")
        .replace(/^\w+:(\w+)\/\w+:/, "$1.")
        .replace(/^.*:/, "");
