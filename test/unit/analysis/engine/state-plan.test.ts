import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { archiveHash } from "../../../../analysis/engine/archive-hash.ts";
import { comparePlans } from "../../../../analysis/difference/compare.ts";
import { planFromState } from "../../../../analysis/engine/state-plan.ts";
import { pathsOf } from "../../../../analysis/records/paths.ts";
import { rightsOf } from "../../../../analysis/records/rights.ts";
import { sortedKeys } from "../../../../lib/sorted-keys.ts";
import type { State, StateResource } from "../../../../plan/state.ts";
import { Secret, type Plan, type PlanNode, type Value, type Values } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, replaceText, changeResources, removeResources, type PlanChange } from "../../checks/fault.ts";

const { specialSigKey: signature, specialSecretSig: secret, specialAssetSig, specialArchiveSig } = pulumi.runtime;
const queue = "aws:sqs/queue:Queue";

let dev: Plan;
beforeAll(async () => {
    dev = await planTestStack("dev");
});

/** A value as `pulumi stack export --show-secrets` writes it. */
function exported(value: Value): unknown {
    if (value instanceof Secret) {
        return { [signature]: secret, plaintext: JSON.stringify(exported(value.value)) };
    }
    if (Array.isArray(value)) {
        return value.map(exported);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const { asset, archive } = value as { asset?: { text?: string }; archive?: { assets: Values } };
    if (asset !== undefined) {
        return {
            [signature]: specialAssetSig,
            hash: createHash("sha256")
                .update(asset.text ?? "")
                .digest("hex"),
        };
    }
    return archive === undefined
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exported(inner)]))
        : { [signature]: specialArchiveSig, hash: "0".repeat(64), assets: exported(archive.assets) };
}

/** A resource as Pulumi saves it, with what a provider adds: another region's defaults, and names that Pulumi made. */
function saved(node: PlanNode): StateResource {
    const { urn, type, custom, id, parent, provider, options, dependencies, propertyDependencies } = node;
    const { tagsAll } = node.outputs;
    const added = { __defaults: [], ...(tagsAll === undefined ? {} : { tagsAll }) };
    return {
        ...{ urn, type, custom, parent, dependencies, propertyDependencies },
        ...{ protect: options.protect, replacementTrigger: options.replacementTrigger },
        ...(custom ? { id } : {}),
        provider: provider && `${provider}::11111111-2222-3333-4444-555555555555`,
        inputs: { ...(exported(node.inputs) as object), ...(custom ? added : {}) },
        outputs: exported({ ...node.inputs, ...node.outputs }) as Record<string, unknown>,
    };
}

/** The state that an update to the plan leaves, in another account and with other IDs than the plan made up. */
function stateAfter(plan: Plan): State {
    const chosen = new Set(
        plan.nodes.flatMap(({ custom, id }) => (custom && /^[a-z]+-[0-9a-f]{17}$/.test(id) ? [id.slice(-17)] : [])),
    );
    const text = JSON.stringify(plan.nodes.map(saved)).replace(/(?<![0-9a-f])[0-9a-f]{17}(?![0-9a-f])/g, (digits) =>
        chosen.has(digits) ? digits.split("").toReversed().join("") : digits,
    );
    return {
        resources: JSON.parse(text.replaceAll("123456789012", "210987654321")) as StateResource[],
        pending: [],
        outputs: {},
    };
}

const deployed = (change: PlanChange = (plan) => plan): Plan => planFromState(dev, stateAfter(change(dev)));
const changes = (before: Plan) =>
    comparePlans(before, dev).resources.map(({ operation, name, changes: all }) => [
        operation,
        name,
        ...all.map(({ path, before: old, after }) => `${path}: ${JSON.stringify(old)} -> ${JSON.stringify(after)}`),
    ]);

test("a stack that is deployed as planned has no difference, whatever names AWS gave its resources", () => {
    const before = deployed();
    expect(comparePlans(before, dev)).toEqual({ resources: [], options: [], outputs: [], derived: [] });
    expect(rightsOf(before)).toEqual(rightsOf(dev));
    expect(pathsOf(before)).toEqual(pathsOf(dev));
});

describe("what an update would change is reported with the names of the plan", () => {
    test.each<[string, PlanChange, unknown[][]]>([
        [
            "a property",
            changeInputs(queue, "payment-processing-dev", { visibilityTimeoutSeconds: 5 }),
            [["update", "payment-processing-dev", "visibilityTimeoutSeconds: 5 -> 120"]],
        ],
        [
            "a word of a policy, and not the ARNs around it",
            changeInputs("aws:sns/topicPolicy:TopicPolicy", "events", replaceText("policy", '"Deny"', '"Allow"')),
            [
                [
                    "update",
                    "payment-events-dev",
                    expect.stringMatching(/^policy\.Statement\[\d\]\.Effect: "Allow" -> "Deny"$/),
                ],
            ],
        ],
        [
            "a resource that is missing",
            removeResources(queue, "payment-processing-dlq-dev"),
            [["create", "payment-processing-dlq-dev"]],
        ],
    ])("%s", (_, change, expected) => {
        expect(changes(deployed(change))).toEqual(expected);
    });

    test("a resource that the program no longer has is deleted, with the names of the others", () => {
        const twin = (node: PlanNode): PlanNode => ({ ...node, urn: `${node.urn}-2`, name: `${node.name}-2` });
        const before = deployed(
            changeResources("aws:sns/topicPolicy:TopicPolicy", "events", (node) => [node, twin(node)]),
        );
        expect(changes(before)).toEqual([["delete", "payment-events-dev-2"]]);
        const node = before.nodes.find(({ name }) => name === "payment-events-dev-2");
        expect(JSON.stringify(node?.inputs)).toContain("123456789012");
        expect(JSON.stringify(node?.inputs)).not.toContain("210987654321");
        expect(node?.inputs).not.toHaveProperty("__defaults");
    });

    test("default tags of the provider, on each resource", () => {
        const other = JSON.parse(JSON.stringify(stateAfter(dev)).replaceAll("dev-payments", "old")) as State;
        const found = comparePlans(planFromState(dev, other), dev).resources;
        expect(found.flatMap(({ changes: all }) => all)).toContainEqual({
            ...{ path: "tagsAll.CostCenter", before: "old", after: "dev-payments" },
            forcesReplacement: false,
        });
        expect(found.length).toBeGreaterThan(100);
    });

    test("the content of a file", () => {
        const code = JSON.stringify(stateAfter(dev)).replace(
            /"hash":"(?!0{64})[0-9a-f]{64}"/,
            `"hash":"${"a".repeat(64)}"`,
        );
        expect(
            changes(planFromState(dev, JSON.parse(code) as State))
                .flat()
                .join("\n"),
        ).toMatch(/handler\.mjs.*a{64}/);
    });

    test("a secret by its name alone", () => {
        const before = deployed(changeInputs(queue, "payment-processing-dev", { policy: new Secret("hush") }));
        const text = JSON.stringify(comparePlans(before, dev));
        expect(text).toContain('"path":"policy"');
        expect(text).not.toContain("hush");
    });

    test("protection that the state has", () => {
        const before = deployed(
            changeResources(queue, "dlq", (node) => [{ ...node, options: { ...node.options, protect: true } }]),
        );
        expect(comparePlans(before, dev).options.flatMap(({ changes: all }) => all)).toContainEqual({
            ...{ path: "options.protect", before: true, after: false },
        });
    });
});

describe("after a refresh, which takes over what the provider reads", () => {
    const alarm = "payment-budget-burns-fast-5m-dev";
    const unset: Values = { accountId: "", expression: "", label: "", period: 0, returnData: false };

    /** A state whose alarm has other queries, and which has only a hash of the function's code. */
    function refreshed(queries: (all: readonly Values[]) => Values[], hash = hashOfCode()): unknown[][] {
        const state = stateAfter(dev);
        const resources = state.resources.map((resource): StateResource => {
            const { urn, inputs: own = {} } = resource;
            if (urn.endsWith(`::${alarm}`)) {
                return { ...resource, inputs: { ...own, metricQueries: queries(own.metricQueries as Values[]) } };
            }
            return urn.endsWith("::payment-validator-dev") && "code" in own ? withCodeHash(resource, hash) : resource;
        });
        return changes(planFromState(dev, { ...state, resources }));
    }

    /** A function of which the state has only the hash of the code. */
    const withCodeHash = (resource: StateResource, hash: string): StateResource => ({
        ...resource,
        inputs: { ...resource.inputs, code: { [signature]: specialArchiveSig, assets: {}, hash } },
    });

    /** As Pulumi computes it. */
    const hashOfCode = (): string => archiveHash(filesOfCode());

    /** Content of the function's files by name. */
    function filesOfCode(): Record<string, string> {
        const code = dev.nodes.flatMap(({ inputs: { code: found } }) => (found === undefined ? [] : [found]));
        const [{ archive }] = code as [{ archive: { assets: Record<string, { asset: { text: string } }> } }];
        return Object.fromEntries(Object.entries(archive.assets).map(([name, { asset }]) => [name, asset.text]));
    }

    const readBack = (all: readonly Values[]): Values[] =>
        all.map((query) => JSON.parse(JSON.stringify({ ...unset, ...query }, sortedKeys)) as Values);

    test("what the program does not set is no difference", () => {
        expect(refreshed(readBack)).toEqual([]);
    });

    test("code other than the program's is reported by its hash", () => {
        const [[operation, name, told] = []] = refreshed(readBack, "a".repeat(64));
        expect([operation, name]).toEqual(["update", "payment-validator-dev"]);
        expect(told).toMatch(/^code\.archive\..*handler\.mjs/);
    });

    test.each(["its files", "the archive"])("IDs of AWS in the hash of %s are no difference", (hashed) => {
        const [key] = dev.nodes.filter(({ type }) => type === "aws:apigateway/apiKey:ApiKey");
        const real = (text: string) => text.replaceAll(key?.id ?? "", "q1w2e3r4t5");
        const files = filesOfCode();
        const merchants = files["merchants.json"] ?? "";
        expect(real(merchants)).not.toBe(merchants);
        const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
        const state = JSON.parse(
            real(JSON.stringify(stateAfter(dev)).replace(sha256(merchants), sha256(real(merchants)))),
        ) as State;
        const resources = state.resources.map((resource): StateResource =>
            hashed === "the archive" && resource.urn.endsWith("::payment-validator-dev") && resource.inputs?.code
                ? withCodeHash(resource, archiveHash({ ...files, "merchants.json": real(merchants) }))
                : resource,
        );
        expect(changes(planFromState(dev, { ...state, resources }))).toEqual([]);
    });

    test("a manual change is reported, also in a list whose items moved", () => {
        const labelled = (all: readonly Values[]): Values[] =>
            readBack(all)
                .toReversed()
                .map((query) => (query.id === "total" ? { ...query, label: "by hand" } : query));
        expect(refreshed(labelled)).toEqual([["update", alarm, 'metricQueries[3].label: "by hand" -> undefined']]);
    });
});

test("what a replacement left over, and Pulumi's default providers, are no part of a stack", () => {
    const state = stateAfter(dev);
    const [some] = state.resources.filter(({ type }) => type === queue);
    const more: StateResource[] = [
        { ...some, urn: `${some?.urn ?? ""}-old`, type: queue, delete: true },
        { urn: "urn:pulumi:dev::p::pulumi:providers:tls::default_5", type: "pulumi:providers:tls", custom: true },
    ];
    const before = planFromState(dev, { ...state, resources: [...state.resources, ...more] });
    expect(changes(before)).toEqual([]);
});

test("everything is new in a stack that was never deployed", () => {
    const { resources } = comparePlans(planFromState(dev, { resources: [], pending: [], outputs: {} }), dev);
    expect(new Set(resources.map(({ operation }) => operation))).toEqual(new Set(["create"]));
});
