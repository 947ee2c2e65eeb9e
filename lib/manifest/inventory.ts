import * as pulumi from "@pulumi/pulumi";
import type { PlatformSettings } from "../settings.ts";
import { storageByType, type Storage, type InputLocation } from "./storage-by-type.ts";

interface ObservedResource {
    readonly type: string;
    readonly name: string;
    readonly inputs: object;
    readonly resource: pulumi.Resource;
}

const secondsInDay = 24 * 60 * 60;

/** Collects the AWS resources of the program, which registers all of them before it returns. */
export class Inventory {
    private readonly observed: ObservedResource[] = [];

    /** A Pulumi transformation that changes nothing. All descendants of a resource inherit it. */
    readonly observe: pulumi.ResourceTransformation = ({ type, name, props, opts, resource }) => {
        // A resource with an ID is only read, so it is not part of the stack.
        if (type.startsWith("aws:") && opts.id === undefined) {
            this.observed.push({ type, name, inputs: props, resource });
        }
        return undefined;
    };

    /** The manifest's rows, by type and name. One output for all, because each output costs planning time. */
    resources(settings: PlatformSettings) {
        const byIdentity = new Map(this.observed.map((one) => [identityOf(one), one]));
        /** The input at a location, of the resource or of the resource of another type with the same name. */
        const read = (one: ObservedResource, location: InputLocation | undefined): unknown =>
            location &&
            valueAtPath(
                (location.ofType === undefined ? one : byIdentity.get(`${location.ofType} ${one.name}`))?.inputs,
                location.input,
            );

        const sorted = this.observed.toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
        const rows = sorted.map((one) => {
            const { type, name } = one;
            const storage = storageByType[type];
            const key = read(one, storage?.key);
            return {
                type,
                name,
                arn: arnOf(one) ?? null,
                holds: storage?.content ?? null,
                dataClassification: storage?.content === undefined ? null : settings.dataClassification,
                encryption: encryptionOf(storage, key),
                encryptionKeyArn: key ?? null,
                retentionDays:
                    storage?.retentionDays?.(settings) ?? retentionDaysOf(storage, read(one, storage?.retention)),
            };
        });
        const arns = [...new Set(rows.flatMap(({ arn, encryptionKeyArn }) => [arn, encryptionKeyArn]))];
        const allArns = pulumi.all(arns);
        return pulumi.all([allArns, pulumi.isSecret(allArns)]).apply(([resolved, isSecret]) => {
            // A secret ARN must not be in the manifest. Readers reject a manifest without this list.
            if (isSecret) {
                return undefined;
            }
            const arnOfInput = new Map(arns.map((arn, i) => [arn, resolved[i]]));
            // By their ARNs: an output that waits for other resources is another object than the key's own.
            const keyNames = new Map(
                rows
                    .filter(({ type }) => type === "aws:kms/key:Key")
                    .map(({ arn, name }) => [arnOfInput.get(arn), name]),
            );
            return rows.map((row) => {
                // Undefined if the creation was interrupted.
                const encryptionKeyArn = arnOfInput.get(row.encryptionKeyArn) ?? null;
                return {
                    ...row,
                    arn: arnOfInput.get(row.arn) ?? null,
                    encryptionKey: keyNames.get(encryptionKeyArn) ?? null,
                    encryptionKeyArn,
                };
            });
        });
    }
}

const identityOf = ({ type, name }: ObservedResource): string => `${type} ${name}`;

/** The resource's ARN output. Undefined if `arn` is an input, because then it is the ARN of another resource. */
const arnOf = ({ inputs, resource }: ObservedResource): unknown =>
    valueAtPath(inputs, "arn") === undefined
        ? (valueAtPath(resource, "arn") ?? valueAtPath(resource, "dashboardArn"))
        : undefined;

/** The value at a path of the inputs: a plain value or an output. Paths into an output's value are not supported. */
function valueAtPath(value: unknown, path: string): unknown {
    let found = value;
    for (const step of path.split(".")) {
        if (typeof found !== "object" || found === null || pulumi.Output.isInstance(found)) {
            return undefined;
        }
        found = Reflect.get(found, step);
    }
    return found;
}

function encryptionOf(storage: Storage | undefined, key: unknown) {
    if (key !== undefined) {
        return "customer-key";
    }
    return storage?.content === undefined ? null : (storage.withoutKey ?? "none");
}

function retentionDaysOf(storage: Storage | undefined, value: unknown): number | null {
    if (typeof value !== "number") {
        return null;
    }
    return storage?.retention?.unit === "seconds" ? value / secondsInDay : value;
}
