import { isMap, isPair, isScalar, isSeq, visit, type Document, type Node } from "yaml";
import { blockOf } from "../../lib/settings/fields.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { encryptionKeys, yamlTextAt, type Yaml, type YamlMap } from "../../plan/pulumi-yaml.ts";
import { fullConfigKey, isEncrypted, settingPath } from "../../plan/stack-file.ts";
import { imageDigestPath, imageDigestSetting } from "../images/stack-services.ts";
import { findFreeBlock } from "./free-block.ts";

/** The stack to make. */
export interface NewStack {
    readonly name: string;
    readonly suffix: string;
    /** Stack that is copied. */
    readonly from: string;
    /** Domain of its own, and the Route 53 zone that answers for it. */
    readonly domain?: string;
    readonly zone?: string;
    /** Networks of all stacks that there are. */
    readonly networks: readonly string[];
    /** What Pulumi wrote about the encryption of the new stack's secrets, where `pulumi stack init` has made it already. */
    readonly encryption: YamlMap;
    /** What the settings in a document break, as `readSettings` says it. */
    readonly findProblems: (document: Document) => readonly string[];
}

/** What differs from the original. */
export interface SettingChange {
    readonly setting: string;
    /** Such as `dev -> alice`. */
    readonly change: string;
    readonly why: string;
}

export interface CopyResult {
    readonly changes: readonly SettingChange[];
    /** Keys of secrets that must be set anew, as `pulumi config set --path` takes them. */
    readonly secrets: readonly string[];
    /** Why there can be no copy. */
    readonly problems: readonly string[];
}

/** A change to the document that a copy needs. */
type CopyStep = (document: Document, wanted: NewStack) => CopyResult;

const noChange: CopyResult = { changes: [], secrets: [], problems: [] };
const withChange = (setting: string, change: string, why: string): CopyResult => ({
    ...noChange,
    changes: [{ setting, change, why }],
});
const withProblem = (problem: string): CopyResult => ({ ...noChange, problems: [problem] });

const mergeResults = (copies: readonly CopyResult[]): CopyResult => ({
    changes: copies.flatMap(({ changes }) => changes),
    secrets: copies.flatMap(({ secrets }) => secrets),
    problems: copies.flatMap(({ problems }) => problems),
});

/** Changes the document of a stack into that of a new stack in the same account. Comments are kept. */
export function convertToNewStack(document: Document, wanted: NewStack): CopyResult {
    expandAliases(document);
    return mergeResults(copySteps.map((step) => step(document, wanted)));
}

/** Replaces each alias by a copy of its node: a step may remove the node with the anchor. */
function expandAliases(document: Document): void {
    visit(document, { Alias: (_, alias) => alias.resolve(document)?.clone() as Node | undefined });
    visit(document, {
        Value: (_, node) => {
            delete node.anchor;
        },
    });
}

function setSetting(document: Document, setting: string, value: unknown, why: string): CopyResult {
    const path = settingPath(document, setting);
    const before = document.getIn(path);
    if (String(before) === String(value)) {
        return noChange;
    }
    document.setIn(path, value);
    return withChange(setting, `${String(before)} -> ${String(value)}`, why);
}

const setSuffix: CopyStep = (document, { suffix }) =>
    setSetting(document, "environmentSuffix", suffix, "every name ends with it");

const setFreeNetwork: CopyStep = (document, { networks }) => {
    const { bits = 16 } = blockOf(yamlTextAt(document, settingPath(document, "network.cidr")) ?? "") ?? {};
    const free = findFreeBlock(bits, networks);
    return free === undefined
        ? withProblem(`payment-platform:network.cidr: no private /${bits} is free beside ${networks.join(", ")}`)
        : setSetting(document, "network.cidr", free, "overlaps the network of no other stack");
};

/** Where a guardrail requires a trail, the copy has one, too. */
const disableSecondTrail: CopyStep = (document, { findProblems }) => {
    const path = settingPath(document, "audit.cloudTrail");
    const before = document.getIn(path);
    const change = setSetting(document, "audit.cloudTrail", false, "the trail of one stack records the whole account");
    if (!findProblems(document).some((problem) => problem.startsWith("payment-platform:audit.cloudTrail "))) {
        return change;
    }
    document.setIn(path, before);
    return withChange(
        "audit.cloudTrail",
        `stays ${String(before)}`,
        "its guardrails ask for it; AWS allows five a region",
    );
};

const adoptAccountServices: CopyStep = (document, { from }) => {
    const services = document.getIn(settingPath(document, "accountServices"));
    const created = isMap(services)
        ? services.items.flatMap(({ key, value }) =>
              isScalar(value) && value.value === "create" ? [isScalar(key) ? String(key.value) : ""] : [],
          )
        : [];
    return mergeResults(
        created.map((service) =>
            setSetting(
                document,
                `accountServices.${service}`,
                "adopt",
                `AWS has one in an account and region; ${from} creates it`,
            ),
        ),
    );
};

/** A domain leads to one load balancer. Which name a copy gets is for its owner to say: merchants and browsers see it. */
const setDomain: CopyStep = (document, { name, from, domain, zone }) => {
    const source = yamlTextAt(document, settingPath(document, "certificate.source"));
    const before = yamlTextAt(document, settingPath(document, "certificate.domainName"));
    if (before === undefined) {
        return domain === undefined && zone === undefined
            ? noChange
            : withProblem(`--domain and --zone must be left out: ${from} has no domain (certificate.source ${source})`);
    }
    if (domain === undefined || domain === before) {
        const own = `${name}.${before}`;
        // So that the refusal is said once, and all else is looked at.
        document.setIn(settingPath(document, "certificate.domainName"), own);
        return withProblem(
            `--domain must give the copy a domain of its own, as ${from} answers for ${before}: --domain ${own}`,
        );
    }
    return mergeResults([
        setSetting(document, "certificate.domainName", domain, "a domain leads to one stack"),
        zone === undefined
            ? noChange
            : setSetting(document, "certificate.zoneName", zone, "the zone that answers for the domain"),
        setCorsOrigins(document, before, domain),
    ]);
};

/** Pages of the original's domain call the original. */
function setCorsOrigins(document: Document, before: string, domain: string): CopyResult {
    const origins = document.getIn(settingPath(document, "gateway.corsOrigins"));
    const own = isSeq(origins)
        ? origins.items.filter((item) => isScalar(item) && item.value === `https://${before}`)
        : [];
    return mergeResults(
        own.flatMap((item) => {
            if (!isScalar(item)) {
                return [];
            }
            item.value = `https://${domain}`;
            return [
                withChange("gateway.corsOrigins", `https://${before} -> https://${domain}`, "pages of the own domain"),
            ];
        }),
    );
}

const removeImageDigests: CopyStep = (document, { name }) => {
    const services = document.getIn(settingPath(document, "services"));
    const names = isMap(services) ? services.items.map(({ key }) => (isScalar(key) ? String(key.value) : "")) : [];
    return mergeResults(
        [...names, migrationNoun].flatMap((owner) => {
            const path = imageDigestPath(document, owner);
            return document.hasIn(path) && document.deleteIn(path)
                ? [
                      withChange(
                          imageDigestSetting(owner),
                          "removed",
                          `each stack has its own repositories: npm run images -- ${name} ${owner} <image>`,
                      ),
                  ]
                : [];
        }),
    );
};

/** With these settings the copy would be created with the data of the original. */
const removeRestoredClusters: CopyStep = (document) =>
    mergeResults(
        ["generation", "otherGenerations", "restoreFrom"]
            .map((key) => `database.${key}`)
            .filter((setting) => {
                const path = settingPath(document, setting);
                return document.hasIn(path) && document.deleteIn(path);
            })
            .map((setting) => withChange(setting, "removed", "the copy gets no data of another stack")),
    );

/** The copy makes secrets of its own. With the position of a rotation it would also accept a former value that nobody has. */
const removeRotations: CopyStep = (document) => {
    const merchants = document.getIn(settingPath(document, "gateway.merchants"));
    const names = isMap(merchants) ? merchants.items.map(({ key }) => (isScalar(key) ? String(key.value) : "")) : [];
    const settings = ["cache.token", "gateway.token", ...names.map((name) => `gateway.merchants.${name}.key`)];
    return mergeResults(
        settings
            .filter((setting) => {
                const path = settingPath(document, setting);
                return document.hasIn(path) && document.deleteIn(path);
            })
            .map((setting) =>
                withChange(setting, "removed", "the copy makes secrets of its own, which were not rotated yet"),
            ),
    );
};

const setEncryptionKeys: CopyStep = (document, { from, encryption }) =>
    mergeResults(
        encryptionKeys.map((key) => {
            const own = encryption[key];
            const before = document.get(key);
            if (before === own) {
                return noChange;
            }
            if (own !== undefined) {
                document.set(key, own);
                return noChange;
            }
            document.delete(key);
            const again = key === "secretsprovider" ? "; set it before the first update to use such a key" : "";
            return withChange(key, "removed", `it encrypts the secrets of ${from}; Pulumi sets the copy's${again}`);
        }),
    );

const removeConfigSecrets: CopyStep = (document) => {
    const config = document.get("config");
    return { ...noChange, secrets: isMap(config) ? removeEncryptedValues(config, "") : [] };
};

/** Takes encrypted values out of a map, and lists that hold some: nobody could tell the places of the others. */
function removeEncryptedValues(map: unknown, path: string): string[] {
    const pairs = isMap(map) ? [...map.items] : [];
    return pairs.filter(isPair).flatMap(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : "";
        const here = path === "" ? fullConfigKey(name) : `${path}.${name}`;
        if (isMap(map) && containsEncryptedValue(value)) {
            map.delete(key);
            return [here];
        }
        return removeEncryptedValues(value, here);
    });
}

/** An encrypted value, or a list with one at any depth. */
const containsEncryptedValue = (node: unknown): boolean =>
    isSeq(node)
        ? node.items.some(
              (item) =>
                  containsEncryptedValue(item) ||
                  (isMap(item) && item.items.some(({ value }) => containsEncryptedValue(value))),
          )
        : isMap(node) && isEncrypted(node.toJSON() as Yaml);

const copySteps: readonly CopyStep[] = [
    setSuffix,
    setFreeNetwork,
    disableSecondTrail,
    adoptAccountServices,
    setDomain,
    removeImageDigests,
    removeRestoredClusters,
    removeRotations,
    setEncryptionKeys,
    removeConfigSecrets,
];
