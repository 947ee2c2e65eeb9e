import { fakePassword, fakePem } from "../fake-provider/output-formats.ts";
import { forceNew } from "./force-new.ts";
import type { PartialRows } from "./row.ts";

export const otherProviders: PartialRows = {
    "pulumi:providers:aws": {
        summary: ["{region}", "account {allowedAccountIds.0}"],
        forceNew: forceNew("https://www.pulumi.com/docs/iac/concepts/resources/providers/", ["region"]),
        loss: { content: "everything: another region makes every resource anew", losesData: true },
    },
    "random:index/randomId:RandomId": {
        summary: ["{byteLength} bytes"],
        fakeOutputs: { hex: ({ inputs, hex }) => hex(2 * Number(inputs.byteLength)) },
        forceNew: forceNew("https://www.pulumi.com/registry/packages/random/api-docs/randomid/", [
            "byteLength",
            "keepers",
            "prefix",
        ]),
    },
    "random:index/randomPassword:RandomPassword": {
        summary: ["{length} characters"],
        fakeOutputs: { id: "none", result: fakePassword },
        forceNew: forceNew("https://www.pulumi.com/registry/packages/random/api-docs/randompassword/", [
            "keepers",
            "length",
            "lower",
            "minLower",
            "minNumeric",
            "minSpecial",
            "minUpper",
            "number",
            "numeric",
            "overrideSpecial",
            "special",
            "upper",
        ]),
        loss: {
            content:
                "a token that is refused from then on: the cache's unless `cache.token.acceptPrevious` is set, or the former one of the merchants' API",
            losesData: false,
        },
    },
    "tls:index/privateKey:PrivateKey": {
        fakeOutputs: {
            privateKeyPem: (request) => fakePem("PRIVATE KEY", request),
            publicKeyPem: (request) => fakePem("PUBLIC KEY", request),
        },
        forceNew: forceNew("https://www.pulumi.com/registry/packages/tls/api-docs/privatekey/", [
            "algorithm",
            "ecdsaCurve",
            "rsaBits",
        ]),
    },
    "tls:index/selfSignedCert:SelfSignedCert": {
        fakeOutputs: { certPem: (request) => fakePem("CERTIFICATE", request) },
        forceNew: forceNew("https://www.pulumi.com/registry/packages/tls/api-docs/selfsignedcert/", [
            "allowedUses",
            "dnsNames",
            "ipAddresses",
            "isCaCertificate",
            "privateKeyPem",
            "setAuthorityKeyId",
            "setSubjectKeyId",
            "subject",
            "uris",
            "validityPeriodHours",
        ]),
    },
};
