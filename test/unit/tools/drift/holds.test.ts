import { describe, expect, test } from "@jest/globals";
import { emptyState, type StateResource } from "../../../../plan/state.ts";
import { plannedTypes } from "../../../../analysis/deployer/policies.ts";
import { holds, listersOf, rowFor } from "../../../../tools/drift/holds.ts";
import { resourceOf, type Look } from "../../../../tools/drift/listing.ts";
import { additions } from "../../../engine/support/additions/additions.ts";
import { notEmulated } from "../../../engine/support/additions/not-emulated.ts";
import { asked } from "../deploy/asked.ts";
import { awsError } from "../deploy/fakes.ts";
import { allPlans } from "../../analysis/deployer/parts.ts";
import { accountServices } from "./cases/account-services.ts";
import { has, type Case } from "./cases/case.ts";
import { compute } from "./cases/compute.ts";
import { frontDoor } from "./cases/front-door.ts";
import { identity } from "./cases/identity.ts";
import { messages } from "./cases/messages.ts";
import { network } from "./cases/network.ts";
import { nothing, stores } from "./cases/stores.ts";

const cases: readonly Case[] = [
    ...network,
    ...frontDoor,
    ...identity,
    ...messages,
    ...stores,
    ...compute,
    ...accountServices,
];

const listersNamed = (under: string, item: string) => listersOf(under).filter((lister) => lister.item === item);

/** Looks under one resource with each listing of a name, as one kind may take several. */
async function lookWith({
    under,
    item,
    parent = {},
    state = [],
    answers,
}: Pick<Case, "under" | "item" | "parent" | "state" | "answers">): Promise<{ looks: Look[]; taken: Set<string> }> {
    const own: StateResource = has(under, parent);
    const { clients, taken } = asked(answers);
    const all = { ...emptyState, resources: [own, ...state] };
    const looks = listersNamed(under, item).map((lister) =>
        lister.lookUnder(clients, { ...resourceOf(own), state: all }),
    );
    return { looks: await Promise.all(looks), taken };
}

const named = cases.map((each, i) => [`${i + 1}. ${each.under}: ${each.item}: ${each.opens}`, each] as const);

describe("what nobody planned is found beside what is planned and what AWS made", () => {
    test.each(named)("%s", async (_, each) => {
        const { looks, taken } = await lookWith(each);
        expect(looks.length).toBeGreaterThan(0);
        for (const { unplanned, known, byAws } of looks) {
            expect(unplanned.map(({ opens, remove }) => ({ opens, remove }))).toEqual([
                { opens: each.opens, remove: each.remove },
            ]);
            expect(known).toBe(each.known ?? 1);
            expect(byAws).toEqual((each.byAws ?? []).map((what) => expect.stringContaining(what)));
        }
        // The role that looks has the rights for just the calls that were made.
        const rights = listersNamed(each.under, each.item).flatMap((lister) => lister.rights);
        expect([...taken].filter((action) => !rights.some((right) => right.actions.includes(action)))).toEqual([]);
    });
});

test("each right in the table is taken by a call", async () => {
    const unused = new Set(
        Object.keys(holds).flatMap((type) =>
            listersOf(type).flatMap(({ item, rights }) =>
                rights.flatMap((right) => right.actions.map((action) => `${type} ${item}: ${action}`)),
            ),
        ),
    );
    for (const each of cases) {
        const { taken } = await lookWith(each);
        taken.forEach((action) => unused.delete(`${each.under} ${each.item}: ${action}`));
    }
    expect([...unused]).toEqual([]);
});

test("each kind that is listed, and each that AWS makes, has a case", () => {
    const untested = Object.keys(holds).flatMap((type) =>
        listersOf(type).flatMap(({ item, byAws }) => {
            const own = cases.filter((each) => each.under === type && each.item === item);
            const seen = own.flatMap((each) => each.byAws ?? []);
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
    const added = new Set(additions.map(({ under, item }) => `${under} ${item}`));
    const listed = Object.keys(holds).flatMap((type) => listersOf(type).map(({ item }) => `${type} ${item}`));
    expect(listed.filter((kind) => !added.has(kind) && !(kind in notEmulated))).toEqual([]);
    expect(Object.keys(notEmulated).filter((kind) => added.has(kind) || !listed.includes(kind))).toEqual([]);
});

test.each(nothing)(
    "%s of %s: where %s answers that there is none, there is none",
    async (item, under, call, answer) => {
        const { looks } = await lookWith({ under, item, answers: { [call]: answer } });
        expect(looks.length).toBeGreaterThan(0);
        expect(looks).toEqual(looks.map(() => ({ unplanned: [], known: 0, byAws: [] })));
    },
);

test("a refused list is an error, not an empty list", async () => {
    const answers = { ListGrants: awsError("AccessDeniedException", "not authorized") };
    await expect(lookWith({ under: "kms/key:Key", item: "grant", answers })).rejects.toThrow("not authorized");
});

test("what AWS makes by itself stands in the table with a page of AWS", () => {
    const sources = Object.keys(holds).flatMap((type) => listersOf(type).flatMap(({ byAws }) => byAws));
    expect(sources.length).toBeGreaterThan(25);
    expect(sources.filter(({ source }) => !source.startsWith("https://docs.aws.amazon.com/"))).toEqual([]);
});

test("every type that any stack plans has a row; add what is printed here to tools/drift/holds/", async () => {
    const planned = new Set((await allPlans()).flatMap(([, plan]) => plannedTypes(plan)));
    expect([...planned].filter((type) => !(type in holds)).map(rowFor)).toEqual([]);
    expect(Object.keys(holds).filter((type) => !planned.has(type))).toEqual([]);
});

test("whoever looks only reads", () => {
    const taken = Object.keys(holds).flatMap((type) =>
        listersOf(type).flatMap(({ rights }) => rights.flatMap((right) => right.actions)),
    );
    expect(taken.filter((action) => !/:(Describe|Get|List|GET$)/.test(action))).toEqual([]);
});
