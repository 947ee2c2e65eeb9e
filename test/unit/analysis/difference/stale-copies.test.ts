import { expect, test } from "@jest/globals";
import { staleCopiesOf } from "../../../../analysis/difference/stale-copies.ts";
import { catalogue } from "../../../../plan/catalogue/catalogue.ts";
import { planTestStack } from "../../../stacks.ts";
import { stateResource, stateWith } from "../../tools/deploy/fakes.ts";

const type = (noun: string) => `aws:apigateway/${noun.charAt(0).toLowerCase()}${noun.slice(1)}:${noun}`;
const deployment = stateResource(type("Deployment"), "api");
const state = stateWith([deployment, stateResource("aws:sqs/queue:Queue", "queue")]);
const change = (op: string, kind: string, name = "part") => ({ op, ...stateResource(kind, name) });

test.each(["delete", "replace"])("a part that an update does %s is still in the deployment", (op) => {
    expect(staleCopiesOf([change(op, type("Method"), "options")], state)).toEqual([
        { urn: deployment.urn, deleted: ["options"] },
    ]);
});

test.each(["create", "update", "same"])("a part with the operation %s is in the deployment as it is", (op) => {
    expect(staleCopiesOf([change(op, type("Method"))], state)).toEqual([]);
});

test("other resources are no part of an API", () => {
    expect(staleCopiesOf([change("delete", "aws:sqs/queue:Queue")], state)).toEqual([]);
});

test("parts that are deleted with their deployment, or without one, are in none", () => {
    const parts = [change("delete", type("Resource"), "b"), change("delete", type("Method"), "a")];
    expect(staleCopiesOf([...parts, { op: "delete", ...deployment }], state)).toEqual([]);
    expect(staleCopiesOf(parts, stateWith([]))).toEqual([]);
    expect(staleCopiesOf(parts, state)).toEqual([{ urn: deployment.urn, deleted: ["a", "b"] }]);
});

test("every part of the API that a stack plans is one of the deployment", async () => {
    const { nodes } = await planTestStack("prod");
    const deployed = nodes.find((node) => node.type === deployment.type);
    const types = new Set(
        nodes.filter(({ urn }) => deployed?.propertyDependencies.triggers?.includes(urn)).map((node) => node.type),
    );
    types.forEach((each) => {
        if (!each.startsWith("aws:apigateway/") || each === type("RestApi")) {
            types.delete(each);
        }
    });
    expect(types.size).toBeGreaterThan(5);
    expect(catalogue[deployment.type]?.copyOf?.types.toSorted()).toEqual([...types].toSorted());
});
