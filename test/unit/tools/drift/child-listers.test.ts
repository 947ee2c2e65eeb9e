import { describe, expect, test } from "@jest/globals";
import { emptyState, type StateResource } from "../../../../plan/state.ts";
import { childListersByType, listersForType } from "../../../../tools/drift/child-listers.ts";
import { toDriftResource, type ListingResult } from "../../../../tools/drift/listing.ts";
import { manualAdditions } from "../../../engine/support/additions/additions.ts";
import { notEmulated } from "../../../engine/support/additions/not-emulated.ts";
import { asked } from "../deploy/asked.ts";
import { awsError } from "../deploy/fakes.ts";
import { accountServiceCases } from "./cases/account-services.ts";
import { resourceInState, type DriftCase } from "./cases/case.ts";
import { computeCases } from "./cases/compute.ts";
import { frontDoorCases } from "./cases/front-door.ts";
import { identityCases } from "./cases/identity.ts";
import { messageCases } from "./cases/messages.ts";
import { networkCases } from "./cases/network.ts";
import { emptyResponses, storeCases } from "./cases/stores.ts";

const cases: readonly DriftCase[] = [
    ...networkCases,
    ...frontDoorCases,
    ...identityCases,
    ...messageCases,
    ...storeCases,
    ...computeCases,
    ...accountServiceCases,
];

const listersNamed = (under: string, item: string) => listersForType(under).filter((lister) => lister.item === item);

/** Looks under one resource with each listing of a name, as one kind may take several. */
async function lookWith({
    under,
    item,
    parent = {},
    state = [],
    answers,
}: Pick<DriftCase, "under" | "item" | "parent" | "state" | "answers">): Promise<{
    looks: ListingResult[];
    taken: Set<string>;
}> {
    const own: StateResource = resourceInState(under, parent);
    const { clients, taken } = asked(answers);
    const all = { ...emptyState, resources: [own, ...state] };
    const looks = listersNamed(under, item).map((lister) =>
        lister.listChildren(clients, { ...toDriftResource(own), state: all }),
    );
    return { looks: await Promise.all(looks), taken };
}

const named = cases.map((each, i) => [`${i + 1}. ${each.under}: ${each.item}: ${each.opens}`, each] as const);

describe("a resource that is not in the state is found among those that are and those that AWS created", () => {
    test.each(named)("%s", async (_, each) => {
        const { looks, taken } = await lookWith(each);
        expect(looks.length).toBeGreaterThan(0);
        for (const { notInState, known, byAws } of looks) {
            expect(notInState.map(({ opens, remove }) => ({ opens, remove }))).toEqual([
                { opens: each.opens, remove: each.remove },
            ]);
            expect(known).toBe(each.knownCount ?? 1);
            expect(byAws).toEqual((each.createdByAws ?? []).map((what) => expect.stringContaining(what)));
        }
        // The role that looks has the rights for just the calls that were made.
        const rights = listersNamed(each.under, each.item).flatMap((lister) => lister.permissions);
        expect([...taken].filter((action) => !rights.some((right) => right.actions.includes(action)))).toEqual([]);
    });
});

test("each right in the table is needed by a call", async () => {
    const unused = new Set(
        Object.keys(childListersByType).flatMap((type) =>
            listersForType(type).flatMap(({ item, permissions }) =>
                permissions.flatMap((right) => right.actions.map((action) => `${type} ${item}: ${action}`)),
            ),
        ),
    );
    for (const each of cases) {
        const { taken } = await lookWith(each);
        taken.forEach((action) => unused.delete(`${each.under} ${each.item}: ${action}`));
    }
    expect([...unused]).toEqual([]);
});

test("each kind that is listed, and each that AWS creates, has a case", () => {
    const untested = Object.keys(childListersByType).flatMap((type) =>
        listersForType(type).flatMap(({ item, byAws }) => {
            const own = cases.filter((each) => each.under === type && each.item === item);
            const seen = own.flatMap((each) => each.createdByAws ?? []);
            return [
                ...(own.length > 0 ? [] : [`${type}: ${item}`]),
                ...byAws
                    .filter(({ what }) => !seen.some((part) => what.includes(part)))
                    .map(({ what }) => `${type}: ${what}`),
            ];
        }),
    );
    expect(untested).toEqual([]);
});

test("each kind that is listed is added by hand on the emulator, or says why not", () => {
    const added = new Set(manualAdditions.map(({ under, item }) => `${under} ${item}`));
    const listed = Object.keys(childListersByType).flatMap((type) =>
        listersForType(type).map(({ item }) => `${type} ${item}`),
    );
    expect(listed.filter((kind) => !added.has(kind) && !(kind in notEmulated))).toEqual([]);
    expect(Object.keys(notEmulated).filter((kind) => added.has(kind) || !listed.includes(kind))).toEqual([]);
});

test.each(emptyResponses)(
    "%s of %s: when %s answers that there is none, there is none",
    async (item, under, call, answer) => {
        const { looks } = await lookWith({ under, item, answers: { [call]: answer } });
        expect(looks.length).toBeGreaterThan(0);
        expect(looks).toEqual(looks.map(() => ({ notInState: [], known: 0, byAws: [] })));
    },
);

test("a list that AWS denies is an error, not an empty list", async () => {
    const answers = { ListGrants: awsError("AccessDeniedException", "not authorized") };
    await expect(lookWith({ under: "kms/key:Key", item: "grant", answers })).rejects.toThrow("not authorized");
});

test("what AWS creates itself is in the table, with a page of AWS's docs", () => {
    const sources = Object.keys(childListersByType).flatMap((type) =>
        listersForType(type).flatMap(({ byAws }) => byAws),
    );
    expect(sources.length).toBeGreaterThan(25);
    expect(sources.filter(({ source }) => !source.startsWith("https://docs.aws.amazon.com/"))).toEqual([]);
});

test("whoever looks only reads", () => {
    const taken = Object.keys(childListersByType).flatMap((type) =>
        listersForType(type).flatMap(({ permissions }) => permissions.flatMap((right) => right.actions)),
    );
    expect(taken.filter((action) => !/:(Describe|Get|List|GET$)/.test(action))).toEqual([]);
});
