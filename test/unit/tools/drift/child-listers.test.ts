import { describe, expect, test } from "@jest/globals";
import { emptyState, type StateResource } from "../../../../plan/state.ts";
import { childListersByType, listersForType } from "../../../../tools/drift/child-listers.ts";
import { toDriftResource, type ListingResult } from "../../../../tools/drift/listing.ts";
import { manualAdditions } from "../../../engine/support/additions/additions.ts";
import { notEmulated } from "../../../engine/support/additions/not-emulated.ts";
import { asked, expectRequests, type Request } from "../deploy/asked.ts";
import { awsError } from "../deploy/fakes.ts";
import { accountServiceCases } from "./cases/account-services.ts";
import { resourceInState, type DriftCase } from "./cases/case.ts";
import { computeCases } from "./cases/compute.ts";
import { frontDoorCases } from "./cases/front-door.ts";
import { identityCases } from "./cases/identity.ts";
import { messageCases } from "./cases/messages.ts";
import { networkCases } from "./cases/network.ts";
import { emptyResponses, storeCases } from "./cases/stores.ts";
import { driftRequests } from "./requests.ts";

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

/** What one listing of a kind finds under a resource, and what it asks AWS. */
interface Look {
    readonly found: ListingResult;
    readonly taken: ReadonlySet<string>;
    readonly requests: readonly Request[];
}

/** Looks under one resource with each listing of a name, as one kind may take several. */
function lookWith({
    under,
    item,
    parent = {},
    state = [],
    answers,
}: Pick<DriftCase, "under" | "item" | "parent" | "state" | "answers">): Promise<Look[]> {
    const own: StateResource = resourceInState(under, parent);
    const all = { ...emptyState, resources: [own, ...state] };
    const looks = listersNamed(under, item).map(async (lister) => {
        const { clients, taken, requests } = asked(answers);
        const found = await lister.listChildren(clients, { ...toDriftResource(own), state: all });
        return { found, taken, requests: requests() };
    });
    return Promise.all(looks);
}

const named = cases.map((each, i) => [`${i + 1}. ${each.under}: ${each.item}: ${each.opens}`, each] as const);

describe("a resource that is not in the state is found among those that are and those that AWS created", () => {
    test.each(named)("%s", async (_, each) => {
        const looks = await lookWith(each);
        expect(looks.length).toBeGreaterThan(0);
        for (const {
            found: { notInState, known, byAws },
        } of looks) {
            expect(notInState.map(({ opens, remove }) => ({ opens, remove }))).toEqual([
                { opens: each.opens, remove: each.remove },
            ]);
            expect(known).toBe(each.knownCount ?? 1);
            expect(byAws).toEqual((each.createdByAws ?? []).map((what) => expect.stringContaining(what)));
        }
    });
});

const kinds = [
    ...new Map(
        Object.keys(childListersByType).flatMap((under) =>
            listersForType(under).map(({ item }) => [`${under}: ${item}`, { under, item }] as const),
        ),
    ),
];

test.each(kinds)(
    "%s: AWS is asked about the resource, with just the rights of the table",
    async (kind, { under, item }) => {
        const own = cases.filter((each) => each.under === under && each.item === item);
        const looks = await Promise.all(own.map(lookWith));
        expectRequests(
            looks.flat().flatMap(({ requests }) => requests),
            driftRequests[kind],
        );
        listersNamed(under, item).forEach(({ permissions }, i) => {
            const taken = looks.flatMap((each) => [...(each[i]?.taken ?? [])]);
            expect(new Set(taken)).toEqual(new Set(permissions.flatMap(({ actions }) => actions)));
        });
    },
);

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
        const looks = await lookWith({ under, item, answers: { [call]: answer } });
        expect(looks.length).toBeGreaterThan(0);
        for (const { found } of looks) {
            expect(found).toEqual({ notInState: [], known: 0, byAws: [] });
        }
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
