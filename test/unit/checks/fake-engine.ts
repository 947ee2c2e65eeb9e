import type { PolicyPackArgs, Policies } from "@pulumi/policy";
import { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } from "@pulumi/policy/server.js";
import * as rpc from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { catalogue } from "../../../plan/catalogue/catalogue.ts";
import { Secret, type PlanNode, type Value, type Values } from "../../../plan/plan.ts";
import { withoutSecretMark, type Wire, type WireObject } from "../../../plan/value.ts";

type Handler<Request> = (
    call: { request: Request },
    callback: (error: Error | null, response: rpc.AnalyzeResponse) => void,
) => unknown;

declare module "@pulumi/policy/server.js" {
    /** What the pack's server answers with; marked as internal, which leaves it out of the types. */
    export function makeAnalyzeRpcFun(
        name: string,
        version: string,
        level: string,
        policies: Policies,
    ): Handler<rpc.AnalyzeRequest>;
    export function makeAnalyzeStackRpcFun(
        name: string,
        version: string,
        level: string,
        policies: Policies,
    ): Handler<rpc.AnalyzeStackRequest>;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
/** A text that a preview does not know. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const assetSignatures: Readonly<Record<string, string>> = {
    asset: "c44067f5952c0a294b673a41bacd8c17",
    archive: "0def7320c3a5731c473e5ecbe6d01bc7",
};

/** A violation, as the engine is told of it. */
export interface Diagnostic {
    policy: string;
    urn: string;
    message: string;
    mandatory: boolean;
}

/** What the engine speaks to. */
export interface Analyzer {
    /** The message of a resource's properties. */
    messageOf(properties: WireObject): Struct;
    analyze(request: rpc.AnalyzeRequest): Promise<rpc.AnalyzeResponse>;
    analyzeStack(request: rpc.AnalyzeStackRequest): Promise<rpc.AnalyzeResponse>;
}

/** The pack in this process, with the server's own handling of requests and without a connection. */
export function createInProcessAnalyzer({ policies }: PolicyPackArgs): Analyzer {
    const callHandler = <Request>(handler: Handler<Request>, request: Request): Promise<rpc.AnalyzeResponse> =>
        new Promise((done, fail) => {
            handler({ request }, (error, response) => {
                if (error) {
                    fail(error);
                } else {
                    done(response);
                }
            });
        });
    const analyze = makeAnalyzeRpcFun("pack", "1.0.0", "mandatory", policies);
    const analyzeStack = makeAnalyzeStackRpcFun("pack", "1.0.0", "mandatory", policies);
    return {
        // A real message copies each value when it is read, and the server reads all resources again for each policy.
        messageOf: (properties) => Object.assign(new Struct(), { toJavaScript: () => properties }),
        analyze: (request) => callHandler(analyze, request),
        analyzeStack: (request) => callHandler(analyzeStack, request),
    };
}

/** Sends each resource with its inputs, and at the end all of them with what a provider makes of them. */
export async function analyzeResources(
    analyzer: Analyzer,
    nodes: readonly PlanNode[],
    preview: boolean,
): Promise<Diagnostic[]> {
    const urns = new Map(nodes.map((node) => [node.urn, node]));
    const messageOf = analyzer.messageOf.bind(analyzer);
    await Promise.all(
        nodes.map((node) => {
            const request = new rpc.AnalyzeRequest();
            fillRequest(request, node, wireInputs(node, preview, urns), { urns, messageOf });
            return analyzer.analyze(request);
        }),
    );
    const request = new rpc.AnalyzeStackRequest();
    request.setResourcesList(
        nodes.map((node) => {
            const resource = new rpc.AnalyzerResource();
            fillRequest(resource, node, wireOutputs(node, preview), { urns, messageOf });
            resource.setParent(node.parent ?? "");
            resource.setDependenciesList(node.dependencies);
            for (const [property, from] of Object.entries(node.propertyDependencies)) {
                const dependencies = new rpc.AnalyzerPropertyDependencies();
                dependencies.setUrnsList(from);
                resource.getPropertydependenciesMap().set(property, dependencies);
            }
            return resource;
        }),
    );
    return (await analyzer.analyzeStack(request)).getDiagnosticsList().map((diagnostic) => ({
        policy: diagnostic.getPolicyname(),
        urn: diagnostic.getUrn(),
        message: diagnostic.getMessage(),
        mandatory: diagnostic.getEnforcementlevel() === rpc.EnforcementLevel.MANDATORY,
    }));
}

function fillRequest(
    message: rpc.AnalyzeRequest | rpc.AnalyzerResource,
    node: PlanNode,
    properties: WireObject,
    { urns, messageOf }: { urns: ReadonlyMap<string, PlanNode>; messageOf: Analyzer["messageOf"] },
): void {
    message.setType(node.type);
    message.setUrn(node.urn);
    message.setName(node.name);
    message.setProperties(messageOf(properties));
    const options = new rpc.AnalyzerResourceOptions();
    options.setProtect(node.options.protect);
    options.setIgnorechangesList(node.options.ignoreChanges);
    options.setAdditionalsecretoutputsList(node.options.additionalSecretOutputs);
    message.setOptions(options);
    const provider = urns.get(node.provider ?? "");
    if (node.custom && node.type !== "pulumi:providers:aws") {
        const sent = new rpc.AnalyzerProviderResource();
        const [prefix = ""] = node.type.split(":");
        sent.setType(`pulumi:providers:${prefix}`);
        sent.setName(provider?.name ?? "default_1_0_0");
        sent.setUrn(provider?.urn ?? `${node.urn}-default`);
        sent.setProperties(messageOf(provider === undefined ? {} : wireProvider(provider)));
        message.setProvider(sent);
    }
}

/** What a provider makes of the inputs: a preview knows of it only the name that Pulumi invents. */
const wireOutputs = (node: PlanNode, preview: boolean): WireObject => ({
    ...(preview
        ? { ...Object.fromEntries(Object.keys(node.outputs).map((key) => [key, unknownValue])), id: unknownValue }
        : { ...wireValues(node.outputs), id: node.id }),
    ...automaticName(node),
    ...wireWithUnknowns(node, preview),
});

/**
 * The inputs with what is added before the pack sees them, as the real CLI was seen to send them: names, the region and all
 * tags. The emulator's plugin leaves out the defaults of Terraform's schemas, which Pulumi's own provider writes into
 * inputs. The engine keeps `__defaults` to itself.
 */
function wireInputs(node: PlanNode, preview: boolean, urns: ReadonlyMap<string, PlanNode>): WireObject {
    if (node.type.startsWith("pulumi:providers:")) {
        return wireProvider(node);
    }
    const { region } = urns.get(node.provider ?? "")?.inputs ?? {};
    const hasRegion = region !== undefined && node.type.startsWith("aws:") && !/^aws:(iam|route53)\//.test(node.type);
    const { tagsAll } = node.outputs;
    const defaults = Object.entries(catalogue[node.type]?.providerDefaults ?? {}).filter(
        ([path]) => !path.includes("."),
    );
    return {
        ...wireValues({ ...(hasRegion ? { region } : {}), ...(tagsAll === undefined ? {} : { tagsAll }) }),
        ...(Object.fromEntries(defaults) as WireObject),
        ...automaticName(node),
        ...wireWithUnknowns(node, preview),
    };
}

/** A provider's inputs travel as texts; the engine adds the version of the plugin. */
const wireProvider = ({ inputs }: PlanNode): WireObject => ({
    ...Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
    version: "7.48.0",
});

/** The name that Pulumi invents where the program gives none. */
const automaticName = ({ name, outputs }: PlanNode): WireObject =>
    Object.fromEntries(
        Object.entries(outputs).flatMap(([key, value]) =>
            typeof value === "string" && /^-[0-9a-f]{7}$/.test(value.replace(name, "")) ? [[key, value]] : [],
        ),
    );

/** The inputs of a node, with the unknown marker wherever a preview does not know a value. */
function wireWithUnknowns(node: PlanNode, preview: boolean): WireObject {
    const sent = wireValues(node.inputs);
    for (const path of preview ? node.unknown : []) {
        setUnknown(sent, path);
    }
    return sent;
}

/** Sets the value at a path, of which a key may have dots itself: `requestParameters.integration.request.header.X-Key`. */
function setUnknown(values: WireObject, path: string): void {
    const key = Object.keys(values).find((each) => path === each || path.startsWith(`${each}.`)) ?? "";
    const inner = withoutSecretMark(values[key]);
    if (path === key || typeof inner !== "object" || inner === null) {
        values[key] = unknownValue;
    } else {
        setUnknown(inner as WireObject, path.slice(key.length + 1));
    }
}

const wireValues = (values: Values): WireObject =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, wireValue(value)]));

function wireValue(value: Value): Wire {
    if (value instanceof Secret) {
        return { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value: wireValue(value.value) };
    }
    if (Array.isArray(value)) {
        return value.map(wireValue);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const [kind = "", ...others] = Object.keys(value);
    const file = assetSignatures[kind];
    return file !== undefined && others.length === 0
        ? { [signatureKey]: file, ...wireValues(value[kind] as Values) }
        : wireValues(value);
}
