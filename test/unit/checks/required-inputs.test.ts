import { expect, test } from "@jest/globals";
import { unjudgedPaths } from "../../../checks/required-inputs.ts";

const judged = ["name", "rules.*.action", "detail.source"];

test.each<[what: string, values: unknown, paths: string[]]>([
    ["nothing", undefined, []],
    ["judged values, with all that is below them", { name: "a", rules: [{ action: { block: {} } }] }, []],
    ["a value beside them", { name: "a", filter: { prefix: "b" } }, ["filter"]],
    ["a value in one item of a list", { rules: [{ action: {} }, { action: {}, limit: 1 }] }, ["rules.1.limit"]],
    ["a value where the judged ones are below", { detail: "a" }, ["detail"]],
    ["an empty object, which can be a choice", { allow: {} }, ["allow"]],
    ["an empty object where the judged ones are below", { detail: {} }, []],
    ["no value: an empty list, null or undefined", { devices: [], filter: null, limit: undefined }, []],
])("the paths that nobody has judged, of %s", (_, values, paths) => {
    expect(unjudgedPaths(values, judged)).toEqual(paths);
});
