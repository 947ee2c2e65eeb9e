import type { StateResource } from "../../../../../plan/state.ts";
import { stateResource, type FakeResponses } from "../../deploy/fakes.ts";

/** AWS's answers for one kind of child resource: planned ones, those that AWS created, and one that is not planned. */
export interface DriftCase {
    /** Type of the resource. */
    readonly under: string;
    readonly item: string;
    readonly parent?: Partial<StateResource>;
    /** What else the state has. */
    readonly state?: readonly StateResource[];
    readonly answers: FakeResponses;
    /** How many of the listed are planned or AWS's own. @default 1 */
    readonly knownCount?: number;
    /** What AWS made of the listed, by a part of its description. @default nothing */
    readonly createdByAws?: readonly string[];
    /** Of the one that is not planned. */
    readonly opens: string;
    readonly remove: string;
}

/** A resource in the state, of a type such as `sqs/queue:Queue`. */
export const resourceInState = (type: string, rest: Partial<StateResource>, name = "payment"): StateResource =>
    stateResource(`aws:${type}`, name, rest);

/** A policy document that allows something to everyone. */
export const publicPolicy = (Action: string, Sid?: string): string =>
    JSON.stringify({ Statement: [{ Sid, Effect: "Allow", Principal: { AWS: "*" }, Action, Resource: "*" }] });
