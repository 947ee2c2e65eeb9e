import resource from "@pulumi/pulumi/proto/resource_pb.js";
import { fakeOutputsOf, providerLocationOf, providerInputs, type ProviderLocation } from "./fake-provider/outputs.ts";
import { withAutomaticName } from "./physical-names.ts";
import { inventedResultsIn, invokeFakeFunction, type InventedFunctionResult } from "./fake-provider/invokes.ts";
import { defaultNodeOptions, nodeOptionsOf, propertyDependenciesOf, urnOf, type PlanNode } from "./plan-node.ts";
import { readResourceClass, type ResourceClass } from "./resource-class.ts";
import { markAsSecret, unknownPaths, valuesFromWire, wireFromMessage, type WireObject } from "./value.ts";

type Callback = (error: Error | null, response: unknown) => void;
/** Fields of both registering and reading a resource. */
type RegistrationRequest = Pick<
    resource.RegisterResourceRequest,
    "getType" | "getName" | "getParent" | "getProvider" | "getDependenciesList"
>;

const monitorFeature = resource.ResourceMonitorFeature;
/** SDK features: no transforms and hooks, for which the SDK would need a callback server. */
const supportedFeatures = [
    monitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
    monitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    monitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    monitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    monitorFeature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
];

const unknownResourceClass: ResourceClass = { outputs: [], inputs: new Set(), required: [] };

/** Replaces the engine's resource monitor: records what the program registers, and returns outputs in the provider's format. */
export class PlanMonitor {
    readonly nodes = new Map<string, PlanNode>();
    readonly problems = new Set<string>();
    /** Constructed, but not registered. Resources that remain at the end wait for a value that never resolves. */
    readonly unregistered = new Set<string>();
    /** Invented values in results of provider functions, each once. */
    readonly inventedAnswers = new Map<string, InventedFunctionResult>();
    /** AWS functions that were invoked without an explicit provider. */
    readonly calledOnDefaultProvider = new Set<string>();
    private readonly stack: { project: string; stack: string };
    /** In a preview, outputs of providers are unknown. */
    private readonly preview: boolean;
    /** Account and region of the default provider. */
    private readonly defaultLocation: ProviderLocation;
    /** Accounts and regions of the explicit providers, by URN. */
    private readonly providerLocations = new Map<string | undefined, ProviderLocation>();
    private readonly classes = new Map<string, ResourceClass>();

    constructor(stack: { project: string; stack: string }, home: ProviderLocation, preview: boolean) {
        this.stack = stack;
        this.defaultLocation = home;
        this.preview = preview;
    }

    /** Called by a resource's constructor, before its inputs are resolved. */
    recordConstruction(type: string, name: string, instance: object): void {
        if (!this.classes.has(type)) {
            this.classes.set(type, readResourceClass(String(instance.constructor)));
        }
        this.unregistered.add(`${name} (${type})`);
    }

    getDeploymentInfo(_request: unknown, reply: Callback): void {
        reply(null, { getSupportedfeaturesList: () => supportedFeatures });
    }

    registerResource(request: resource.RegisterResourceRequest, reply: Callback): void {
        const node: PlanNode = {
            ...this.createNode(request),
            custom: request.getCustom(),
            propertyDependencies: propertyDependenciesOf(request),
            options: nodeOptionsOf(request),
        };
        const wire = wireFromMessage(request.getObject());
        const { required } = this.resourceClassOf(node);
        for (const property of required.filter((name) => !(name in wire))) {
            this.problems.add(`${node.name} (${node.type}): the required property \`${property}\` is undefined`);
        }
        this.addNodeAndReply(node, wire, reply);
    }

    readResource(request: resource.ReadResourceRequest, reply: Callback): void {
        const node = { ...this.createNode(request), external: true, id: request.getId() };
        this.addNodeAndReply(node, wireFromMessage(request.getProperties()), reply);
    }

    registerResourceOutputs(request: resource.RegisterResourceOutputsRequest, reply: Callback): void {
        const node = this.nodes.get(request.getUrn());
        if (node !== undefined) {
            const wire = wireFromMessage(request.getOutputs());
            node.outputs = valuesFromWire(wire);
            node.unknownOutputs = unknownPaths(wire);
        }
        reply(null, {});
    }

    invoke(request: resource.ResourceInvokeRequest, reply: Callback): void {
        const token = request.getTok();
        const provider = providerUrnIn(request.getProvider());
        if (provider === undefined && token.startsWith("aws:")) {
            this.calledOnDefaultProvider.add(token);
        }
        const args = wireFromMessage(request.getArgs());
        const found = invokeFakeFunction(token, args, this.locationOf(provider));
        if (found === undefined) {
            this.problems.add(`the plan does not support the function ${token}`);
        }
        for (const answer of inventedResultsIn(token, args, found ?? {})) {
            this.inventedAnswers.set(`${token} ${answer.property} ${answer.value}`, answer);
        }
        reply(null, {
            getFailuresList: () => [],
            getReturn: () => toProtobufStruct(found ?? {}),
            getUnknown: () => found === undefined,
        });
    }

    call(request: resource.ResourceCallRequest, reply: Callback): void {
        this.problems.add(`the plan does not support the method ${request.getTok()}`);
        reply(null, {
            getFailuresList: () => [],
            getReturn: () => toProtobufStruct({}),
            getReturndependenciesMap: () => undefined,
        });
    }

    private createNode(request: RegistrationRequest): PlanNode {
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
            options: defaultNodeOptions(),
            provider: providerUrnIn(request.getProvider()),
        };
    }

    /** Records the resource and returns the outputs that the provider adds to its inputs. */
    private addNodeAndReply(node: PlanNode, wire: WireObject, reply: Callback): void {
        this.unregistered.delete(`${node.name} (${node.type})`);
        if (this.nodes.has(node.urn)) {
            this.problems.add(`${node.name} (${node.type}) exists twice under one parent: ${node.urn}`);
        }
        this.nodes.set(node.urn, node);
        const inputs = node.type.startsWith("pulumi:providers:") ? providerInputs(wire) : wire;
        if (inputs !== wire) {
            this.providerLocations.set(node.urn, providerLocationOf(inputs, this.defaultLocation));
        }
        const addedOutputs = node.custom ? this.added(node, wire) : {};
        if (this.preview) {
            node.unknown = unknownPaths(wire);
        } else {
            node.inputs = valuesFromWire(inputs);
            node.outputs = valuesFromWire(addedOutputs);
        }
        const state = toProtobufStruct(node.custom ? { ...wire, ...addedOutputs } : {});
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
        const declared = this.resourceClassOf(node);
        // Pulumi generates a name before it calls the provider, so it is known in a preview.
        const name = withAutomaticName(node, wire, declared);
        if (this.preview) {
            return name;
        }
        const { id, outputs } = fakeOutputsOf(node, { ...wire, ...name }, declared, this.locationOf(node.provider));
        node.id = node.external ? node.id : id;
        for (const property of node.options.additionalSecretOutputs) {
            const value = outputs[property];
            if (value !== undefined) {
                outputs[property] = markAsSecret(value);
            }
        }
        return { ...name, ...outputs };
    }

    private resourceClassOf(node: PlanNode): ResourceClass {
        return this.classes.get(node.type) ?? unknownResourceClass;
    }

    private locationOf(provider: string | undefined): ProviderLocation {
        return this.providerLocations.get(provider) ?? this.defaultLocation;
    }
}

/** The part of a protobuf message that the SDK uses: a real message would copy each value. */
const toProtobufStruct = (wire: WireObject): { toJavaScript: () => WireObject } => ({ toJavaScript: () => wire });

/** The URN in a provider reference, `<URN>::<ID>`. */
function providerUrnIn(reference: string): string | undefined {
    return reference === "" ? undefined : reference.slice(0, reference.lastIndexOf("::"));
}
