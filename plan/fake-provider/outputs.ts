import { partitionOfRegion } from "../../lib/partitions.ts";
import { prefixedDigits } from "../../lib/settings/names.ts";
import { catalogue } from "../catalogue/catalogue.ts";
import { hexDigitsOf, nameInputOf } from "../physical-names.ts";
import type { ResourceClass } from "../resource-class.ts";
import { withoutSecretMark, isWireObject, textFromWire, type Wire, type WireObject } from "../value.ts";

/** Where a provider works. */
export interface ProviderLocation {
    region: string;
    account: string;
    partition: string;
    defaultTags: WireObject;
}

/** A resource whose outputs the fake provider generates. */
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

/** A generated account, as there are no credentials to read the real one from. */
const placeholderAccount = "123456789012";

export const providerLocationIn = (region: string): ProviderLocation => ({
    region,
    account: placeholderAccount,
    partition: partitionOfRegion(region).name,
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
        partition: partitionOfRegion(region).name,
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
    const request = createProviderRequest(resource, inputs, place);
    const rows = catalogue[resource.type]?.fakeOutputs ?? {};
    const outputs: WireObject = {};
    for (const property of declared.outputs) {
        outputs[property] = defaultOutput(property, request);
    }
    for (const [property, row] of Object.entries(rows)) {
        // The catalogue may also fill an input that AWS fills when the program does not.
        if (!(property in inputs)) {
            outputs[property] = typeof row === "function" ? row(request) : row;
        }
    }
    const { id, ...others } = outputs;
    return { id: typeof id === "string" ? id : defaultId(request, inputs), outputs: others };
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

/** The ID of most resources is their name; the others get a label. */
const defaultId = (request: ProviderRequest, inputs: WireObject): string =>
    nameInputOf(request.type) in inputs || `${nameInputOf(request.type)}Prefix` in inputs
        ? request.physicalName
        : placeholderLabel("id", request);

/** `sqs.Queue:payments:fifo`: the source of a value whose format the catalogue does not define. */
const placeholderLabel = (property: string, request: ProviderRequest): string =>
    `${shortTypeName(request.type)}:${request.name}:${property}`;

function defaultOutput(property: string, request: ProviderRequest): Wire {
    switch (property) {
        case "arn":
            return request.type.replace(/^\w+:(\w+)\/(\w+):.*$/, (_, service: string, kind: string) =>
                request.arn(service, `${kind}/${request.physicalName}`),
            );
        case "tagsAll": {
            const tags = withoutSecretMark(request.inputs.tags);
            return { ...request.defaultTags, ...(isWireObject(tags) ? tags : {}) };
        }
        case "ownerId":
        case "accountId":
        case "awsAccountId":
        case "registryId":
            return request.account;
        default:
            return placeholderLabel(property, request);
    }
}

/** `aws:sqs/queue:Queue` is `sqs.Queue`, `random:index/randomPassword:RandomPassword` is `random.RandomPassword`. */
export const shortTypeName = (type: string): string =>
    type
        .replace(/^pulumi:providers:/, "provider ")
        .replace(/^(\w+):index\/\w+:/, "$1.")
        .replace(/^\w+:(\w+)\/\w+:/, "$1.")
        .replace(/^.*:/, "");
