import { ListHostedZonesByNameCommand } from "@aws-sdk/client-route-53";
import { requireItem } from "../../../lib/list.ts";
import { invokeFakeFunction } from "../../../plan/fake-provider/invokes.ts";
import { providerLocationIn } from "../../../plan/fake-provider/outputs.ts";
import { listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { automaticNamePattern, nameInputOf } from "../../../plan/physical-names.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { splitPart, textAtPath } from "../../../plan/query.ts";
import { emptyState, type State, type StateResource } from "../../../plan/state.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { lookUp, searchFor } from "../find-created.ts";
import { importIdTemplateOf } from "../import-ids.ts";
import { lookups } from "../lookups.ts";
import { adoptionLookups } from "./adoption-lookups.ts";
import { nameLists } from "./automatic-names.ts";
import { RealTexts } from "./real-texts.ts";

/** A resource of the plan that AWS may have. */
export interface FoundResource {
    readonly urn: string;
    /** The ID for `pulumi import`. */
    readonly id: string;
    /** As planned, with AWS's texts in the place of the plan's, and without secrets. */
    readonly inputs: StateResource["inputs"];
}

const table = { ...lookups, ...adoptionLookups };

/** Searches AWS for the resources of a plan. */
export class PlanSearch {
    /** By URN: why there is no clear result, and what to do. */
    readonly problems = new Map<string, string>();
    readonly #aws: AwsClients;
    readonly #plan: Plan;
    readonly #texts: RealTexts;
    /** URNs of resources that were found once. Those that are not in the state afterwards do not exist. */
    readonly #found = new Set<string>();

    private constructor(aws: AwsClients, plan: Plan, texts: RealTexts) {
        this.#aws = aws;
        this.#plan = plan;
        this.#texts = texts;
    }

    /**
     * @param account of the credentials
     * @param zoneName of the stack's domain, if it has one
     */
    static async create(aws: AwsClients, plan: Plan, account: string, zoneName?: string): Promise<PlanSearch> {
        const texts = new RealTexts(plan);
        plan.inventedAnswers
            .filter(({ property }) => property === "accountId")
            .forEach(({ value }) => {
                texts.add(value, account);
            });
        if (zoneName !== undefined) {
            await addHostedZone(aws, texts, zoneName);
        }
        return new PlanSearch(aws, plan, texts);
    }

    /**
     * Searches for what the state does not have yet, in the order of the plan: most resources are found by the IDs of others.
     * What needs more of them than an ID is found once they are in the state with all their outputs.
     *
     * @throws ExitError `failed` when a lookup fails
     */
    async search(state: State): Promise<FoundResource[]> {
        const stored = new Map(state.resources.map((resource) => [resource.urn, resource]));
        const found: FoundResource[] = [];
        const known = [...state.resources];
        for (const node of this.#plan.nodes) {
            const resource = stored.get(node.urn);
            if (resource !== undefined) {
                this.#texts.addOutputs(node, resource);
            } else if (isSearched(node) && !this.#found.has(node.urn)) {
                const resource = await this.#searchOne(known, node);
                if (resource !== undefined) {
                    found.push(resource);
                    this.#found.add(node.urn);
                }
            }
        }
        return found;
    }

    async #searchOne(known: StateResource[], node: PlanNode): Promise<FoundResource | undefined> {
        this.problems.delete(node.urn);
        const named = await this.#withAutomaticName(node);
        if (named === undefined) {
            return undefined;
        }
        const results = await searchFor(this.#aws, { ...emptyState, resources: known }, [named], {
            table,
            isPlaceholder: (text) => this.#texts.isGenerated(text),
        });
        const { id, stateId = id, problem } = requireItem(results, 0);
        if (problem !== undefined) {
            this.problems.set(node.urn, problem);
        }
        if (id === undefined || stateId === undefined) {
            return undefined;
        }
        this.#texts.add(node.id, stateId);
        known.push({ ...named, id: stateId });
        return { urn: node.urn, id, inputs: named.inputs };
    }

    /** The resource with the inputs that it has in AWS; undefined where Pulumi chooses the name and AWS has no such name. */
    async #withAutomaticName(node: PlanNode): Promise<StateResource | undefined> {
        const { urn, type, name, outputs } = node;
        const inputs = this.#texts.inputsOf(node);
        const provider = node.provider === undefined ? undefined : `${node.provider}::`;
        const resource = { urn, type, custom: true, provider, inputs };
        const list = nameLists[type];
        const input = nameInputOf(type);
        if (list === undefined || input in inputs) {
            return resource;
        }
        const pattern = automaticNamePattern(name);
        const names = await lookUp(
            resource,
            list.rights,
            (text) => this.#texts.isGenerated(text),
            (read) => list.list(this.#aws, read, `${name}-`),
        );
        const [own, ...others] = new Set(names.filter((each) => each !== undefined && pattern.test(each)));
        if (own === undefined) {
            return undefined;
        }
        if (others.length > 0) {
            const all = [own, ...others].join(", ");
            this.problems.set(urn, `AWS has several that may be it: ${all}. Delete those that are not in use`);
            return undefined;
        }
        this.#texts.add(textAtPath(outputs, input), own);
        return { ...resource, inputs: { ...inputs, [input]: own } };
    }
}

/** Whether a resource can be found in AWS. The others are created again without harm, or are nowhere but in the state. */
export const isSearched = ({ type, custom, external }: PlanNode): boolean =>
    custom && !external && (type in table || importIdTemplateOf(type) !== undefined);

/** Reads the ID of the stack's hosted zone. */
async function addHostedZone({ route53 }: AwsClients, texts: RealTexts, name: string): Promise<void> {
    const planned = invokeFakeFunction("aws:route53/getZone:getZone", { name }, providerLocationIn("us-east-1"));
    const ids = await lookUp(
        { urn: name, type: "hosted zone" },
        [listGrant("route53: ListHostedZonesByName")],
        () => false,
        async () => {
            const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: name }));
            const own = HostedZones.filter(({ Name, Config }) => Name === `${name}.` && Config?.PrivateZone !== true);
            return own.flatMap(({ Id }) => Id ?? []);
        },
    );
    ids.forEach((id) => {
        texts.add(textAtPath(planned, "zoneId"), splitPart(id, "/", -1));
    });
}
