import resource from "@pulumi/pulumi/proto/resource_pb.js";
import { answer, placeOf, providerInputs, type Place } from "./fake-provider/outputs.ts";
import { autoname } from "./automatic-names.ts";
import { inventedIn, invoke, type InventedAnswer } from "./fake-provider/invokes.ts";
import { noOptions, optionsOf, propertyDependenciesOf, urnOf, type PlanNode } from "./plan-node.ts";
import { readClass, type ResourceClass } from "./resource-class.ts";
import { secretWire, unknownPaths, valuesOf, wireOf, type WireObject } from "./value.ts";

type Reply = (error: Error | null, response: unknown) => void;
/** What registering and looking up a resource have in common. */
type Request = Pick<
    resource.RegisterResourceRequest,
    "getType" | "getName" | "getParent" | "getProvider" | "getDependenciesList"
>;

const feature = resource.ResourceMonitorFeature;
/** What the SDK may send: no transforms and hooks, which would need a server of our own to call back. */
const features = [
    feature.RESOURCE_MONITOR_FEATURE_SECRETS,
    feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    feature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
];

const undeclared: ResourceClass = { outputs: [], inputs: new Set(), required: [] };

/** Stands in for the engine: keeps what the program registers, and answers as a provider would in form. */
export class PlanMonitor {
    readonly nodes = new Map<string, PlanNode>();
    readonly problems = new Set<string>();
    /** Constructed, but not registered yet: what is left at the end waits for a value that never comes. */
    readonly waiting = new Set<string>();
    /** What was invented in answers to functions, each value once. */
    readonly inventedAnswers = new Map<string, InventedAnswer>();
    /** AWS functions that were called without an explicit provider. */
    readonly calledByDefault = new Set<string>();
    private readonly stack: { project: string; stack: string };
    /** A preview does not know what only a provider can tell. */
    private readonly preview: boolean;
    /** Where the default provider works. */
    private readonly home: Place;
    /** Where the explicit ones work, by URN. */
    private readonly places = new Map<string | undefined, Place>();
    private readonly classes = new Map<string, ResourceClass>();

    constructor(stack: { project: string; stack: string }, home: Place, preview: boolean) {
        this.stack = stack;
        this.home = home;
        this.preview = preview;
    }

    /** Learns of a resource from its constructor, which runs before its inputs are there. */
    construct(type: string, name: string, made: object): void {
        if (!this.classes.has(type)) {
            this.classes.set(type, readClass(String(made.constructor)));
        }
        this.waiting.add(`${name} (${type})`);
    }

    getDeploymentInfo(_request: unknown, reply: Reply): void {
        reply(null, { getSupportedfeaturesList: () => features });
    }

    registerResource(request: resource.RegisterResourceRequest, reply: Reply): void {
        const node: PlanNode = {
            ...this.identify(request),
            custom: request.getCustom(),
            propertyDependencies: propertyDependenciesOf(request),
            options: optionsOf(request),
        };
        const wire = wireOf(request.getObject());
        const { required } = this.classOf(node);
        for (const property of required.filter((name) => !(name in wire))) {
            this.problems.add(`${node.name} (${node.type}): the required property \`${property}\` is undefined`);
        }
        this.settle(node, wire, reply);
    }

    readResource(request: resource.ReadResourceRequest, reply: Reply): void {
        const node = { ...this.identify(request), external: true, id: request.getId() };
        this.settle(node, wireOf(request.getProperties()), reply);
    }

    registerResourceOutputs(request: resource.RegisterResourceOutputsRequest, reply: Reply): void {
        const node = this.nodes.get(request.getUrn());
        if (node !== undefined) {
            const wire = wireOf(request.getOutputs());
            node.outputs = valuesOf(wire);
            node.unknownOutputs = unknownPaths(wire);
        }
        reply(null, {});
    }

    invoke(request: resource.ResourceInvokeRequest, reply: Reply): void {
        const token = request.getTok();
        const provider = providerOf(request.getProvider());
        if (provider === undefined && token.startsWith("aws:")) {
            this.calledByDefault.add(token);
        }
        const args = wireOf(request.getArgs());
        const found = invoke(token, args, this.placeOf(provider));
        if (found === undefined) {
            this.problems.add(`the plan has no answer for the function ${token}`);
        }
        for (const answer of inventedIn(token, args, found ?? {})) {
            this.inventedAnswers.set(`${token} ${answer.property} ${answer.value}`, answer);
        }
        reply(null, {
            getFailuresList: () => [],
            getReturn: () => struct(found ?? {}),
            getUnknown: () => found === undefined,
        });
    }

    call(request: resource.ResourceCallRequest, reply: Reply): void {
        this.problems.add(`the plan has no answer for the method ${request.getTok()}`);
        reply(null, {
            getFailuresList: () => [],
            getReturn: () => struct({}),
            getReturndependenciesMap: () => undefined,
        });
    }

    private identify(request: Request): PlanNode {
        const type = request.getType();
        const name = request.getName();
        const parent = request.getParent();
        return {
            urn: urnOf(this.stack, parent, type, name),
            type,
            name,
            parent: parent === "" ? undefined : parent,
            custom: true,
            external: false,
            id: "",
            inputs: {},
            unknown: [],
            outputs: {},
            unknownOutputs: [],
            dependencies: request.getDependenciesList(),
            propertyDependencies: {},
            options: noOptions(),
            provider: providerOf(request.getProvider()),
        };
    }

    /** Keeps the resource and answers with what the provider adds to its inputs. */
    private settle(node: PlanNode, wire: WireObject, reply: Reply): void {
        this.waiting.delete(`${node.name} (${node.type})`);
        if (this.nodes.has(node.urn)) {
            this.problems.add(`${node.name} (${node.type}) exists twice under one parent: ${node.urn}`);
        }
        this.nodes.set(node.urn, node);
        const inputs = node.type.startsWith("pulumi:providers:") ? providerInputs(wire) : wire;
        if (inputs !== wire) {
            this.places.set(node.urn, placeOf(inputs, this.home));
        }
        const added = node.custom ? this.added(node, wire) : {};
        if (this.preview) {
            node.unknown = unknownPaths(wire);
        } else {
            node.inputs = valuesOf(inputs);
            node.outputs = valuesOf(added);
        }
        const state = struct(node.custom ? { ...wire, ...added } : {});
        reply(null, {
            getUrn: () => node.urn,
            getId: () => node.id,
            getObject: () => state,
            getProperties: () => state,
            getPropertydependenciesMap: () => undefined,
            getResult: () => resource.Result.SUCCESS,
            getUnknown: () => false,
        });
    }

    private added(node: PlanNode, wire: WireObject): WireObject {
        const declared = this.classOf(node);
        // Pulumi invents a name before the provider is asked, so a preview knows it.
        const name = autoname(node, wire, declared);
        if (this.preview) {
            return name;
        }
        const { id, outputs } = answer(node, { ...wire, ...name }, declared, this.placeOf(node.provider));
        node.id = node.external ? node.id : id;
        for (const property of node.options.additionalSecretOutputs) {
            const value = outputs[property];
            if (value !== undefined) {
                outputs[property] = secretWire(value);
            }
        }
        return { ...name, ...outputs };
    }

    private classOf(node: PlanNode): ResourceClass {
        return this.classes.get(node.type) ?? undeclared;
    }

    private placeOf(provider: string | undefined): Place {
        return this.places.get(provider) ?? this.home;
    }
}

/** All that the SDK asks of a protobuf message: making a real one would cost a copy of each value. */
const struct = (wire: WireObject): { toJavaScript: () => WireObject } => ({ toJavaScript: () => wire });

/** The URN in a reference, which is a URN, `::` and an ID. */
function providerOf(reference: string): string | undefined {
    return reference === "" ? undefined : reference.slice(0, reference.lastIndexOf("::"));
}
