import { isMap, isPair, isScalar, isSeq, visit, type Document, type Node } from "yaml";
import { blockOf } from "../../lib/settings/fields.ts";
import { encryptionKeys, textAt, type Yaml, type YamlMap } from "../../plan/pulumi-yaml.ts";
import { fullKey, isEncrypted, settingPath } from "../../plan/stack-file.ts";
import { freeBlock } from "./free-block.ts";

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
    readonly problemsOf: (document: Document) => readonly string[];
}

/** What differs from the original. */
export interface Change {
    readonly setting: string;
    /** Such as `dev -> alice`. */
    readonly change: string;
    readonly why: string;
}

export interface Copy {
    readonly changes: readonly Change[];
    /** Keys of secrets that must be set anew, as `pulumi config set --path` takes them. */
    readonly secrets: readonly string[];
    /** Why there can be no copy. */
    readonly problems: readonly string[];
}

/** One thing that a copy needs: it changes the document. */
type Step = (document: Document, wanted: NewStack) => Copy;

const nothing: Copy = { changes: [], secrets: [], problems: [] };
const changed = (setting: string, change: string, why: string): Copy => ({
    ...nothing,
    changes: [{ setting, change, why }],
});
const refused = (problem: string): Copy => ({ ...nothing, problems: [problem] });

const merged = (copies: readonly Copy[]): Copy => ({
    changes: copies.flatMap(({ changes }) => changes),
    secrets: copies.flatMap(({ secrets }) => secrets),
    problems: copies.flatMap(({ problems }) => problems),
});

/** Makes the document of a stack one of another stack, which works beside it in the same account. Comments stay. */
export function turnInto(document: Document, wanted: NewStack): Copy {
    expandAliases(document);
    return merged(steps.map((step) => step(document, wanted)));
}

/** What an alias stands for takes its place: a step may remove the node with its anchor. */
function expandAliases(document: Document): void {
    visit(document, { Alias: (_, alias) => alias.resolve(document)?.clone() as Node | undefined });
    visit(document, {
        Value: (_, node) => {
            delete node.anchor;
        },
    });
}

function set(document: Document, setting: string, value: unknown, why: string): Copy {
    const path = settingPath(document, setting);
    const before = document.getIn(path);
    if (String(before) === String(value)) {
        return nothing;
    }
    document.setIn(path, value);
    return changed(setting, `${String(before)} -> ${String(value)}`, why);
}

const ownSuffix: Step = (document, { suffix }) => set(document, "environmentSuffix", suffix, "every name ends with it");

const ownNetwork: Step = (document, { networks }) => {
    const { bits = 16 } = blockOf(textAt(document, settingPath(document, "network.cidr")) ?? "") ?? {};
    const free = freeBlock(bits, networks);
    return free === undefined
        ? refused(`payment-platform:network.cidr: no private /${bits} is free beside ${networks.join(", ")}`)
        : set(document, "network.cidr", free, "overlaps the network of no other stack");
};

/** A guardrail may ask for a trail: then the copy has one, too. */
const noSecondTrail: Step = (document, { problemsOf }) => {
    const path = settingPath(document, "audit.cloudTrail");
    const before = document.getIn(path);
    const change = set(document, "audit.cloudTrail", false, "the trail of one stack records the whole account");
    if (!problemsOf(document).some((problem) => problem.startsWith("payment-platform:audit.cloudTrail "))) {
        return change;
    }
    document.setIn(path, before);
    return changed(
        "audit.cloudTrail",
        `stays ${String(before)}`,
        "its guardrails ask for it; AWS allows five a region",
    );
};

const adoptedServices: Step = (document, { from }) => {
    const services = document.getIn(settingPath(document, "accountServices"));
    const created = isMap(services)
        ? services.items.flatMap(({ key, value }) =>
              isScalar(value) && value.value === "create" ? [isScalar(key) ? String(key.value) : ""] : [],
          )
        : [];
    return merged(
        created.map((service) =>
            set(
                document,
                `accountServices.${service}`,
                "adopt",
                `AWS has one in an account and region; ${from} creates it`,
            ),
        ),
    );
};

/** A domain leads to one load balancer. Which name a copy gets is for its owner to say: merchants and browsers see it. */
const ownDomain: Step = (document, { name, from, domain, zone }) => {
    const source = textAt(document, settingPath(document, "certificate.source"));
    const before = textAt(document, settingPath(document, "certificate.domainName"));
    if (before === undefined) {
        return domain === undefined && zone === undefined
            ? nothing
            : refused(`--domain and --zone must be left out: ${from} has no domain (certificate.source ${source})`);
    }
    if (domain === undefined || domain === before) {
        const own = `${name}.${before}`;
        // So that the refusal is said once, and all else is looked at.
        document.setIn(settingPath(document, "certificate.domainName"), own);
        return refused(
            `--domain must give the copy a domain of its own, as ${from} answers for ${before}: --domain ${own}`,
        );
    }
    return merged([
        set(document, "certificate.domainName", domain, "a domain leads to one stack"),
        zone === undefined
            ? nothing
            : set(document, "certificate.zoneName", zone, "the zone that answers for the domain"),
        ownOrigins(document, before, domain),
    ]);
};

/** Pages of the original's domain call the original. */
function ownOrigins(document: Document, before: string, domain: string): Copy {
    const origins = document.getIn(settingPath(document, "gateway.corsOrigins"));
    const own = isSeq(origins)
        ? origins.items.filter((item) => isScalar(item) && item.value === `https://${before}`)
        : [];
    return merged(
        own.flatMap((item) => {
            if (!isScalar(item)) {
                return [];
            }
            item.value = `https://${domain}`;
            return [
                changed("gateway.corsOrigins", `https://${before} -> https://${domain}`, "pages of the own domain"),
            ];
        }),
    );
}

const noImages: Step = (document, { name }) => {
    const services = document.getIn(settingPath(document, "services"));
    return merged(
        (isMap(services) ? services.items : []).flatMap(({ key, value }) => {
            const service = isScalar(key) ? String(key.value) : "";
            return isMap(value) && value.delete("imageDigest")
                ? [
                      changed(
                          `services.${service}.imageDigest`,
                          "removed",
                          `each stack has its own repositories: npm run images -- ${name} ${service} <image>`,
                      ),
                  ]
                : [];
        }),
    );
};

const ownEncryption: Step = (document, { from, encryption }) =>
    merged(
        encryptionKeys.map((key) => {
            const own = encryption[key];
            const before = document.get(key);
            if (before === own) {
                return nothing;
            }
            if (own !== undefined) {
                document.set(key, own);
                return nothing;
            }
            document.delete(key);
            const again = key === "secretsprovider" ? "; set it before the first update to use such a key" : "";
            return changed(key, "removed", `it encrypts the secrets of ${from}; Pulumi sets the copy's${again}`);
        }),
    );

const noSecrets: Step = (document) => {
    const config = document.get("config");
    return { ...nothing, secrets: isMap(config) ? removeSecrets(config, "") : [] };
};

/** Takes encrypted values out of a map, and lists that hold some: nobody could tell the places of the others. */
function removeSecrets(map: unknown, path: string): string[] {
    const pairs = isMap(map) ? [...map.items] : [];
    return pairs.filter(isPair).flatMap(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : "";
        const here = path === "" ? fullKey(name) : `${path}.${name}`;
        if (isMap(map) && hasToGo(value)) {
            map.delete(key);
            return [here];
        }
        return removeSecrets(value, here);
    });
}

/** An encrypted value, or a list with one at any depth. */
const hasToGo = (node: unknown): boolean =>
    isSeq(node)
        ? node.items.some((item) => hasToGo(item) || (isMap(item) && item.items.some(({ value }) => hasToGo(value))))
        : isMap(node) && isEncrypted(node.toJSON() as Yaml);

const steps: readonly Step[] = [
    ownSuffix,
    ownNetwork,
    noSecondTrail,
    adoptedServices,
    ownDomain,
    noImages,
    ownEncryption,
    noSecrets,
];
