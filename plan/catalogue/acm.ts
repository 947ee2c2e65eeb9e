import { certificateValidationOptions, identifiedByArn } from "../fake-provider/output-formats.ts";
import {
    allResources,
    readGrant,
    regionalArns,
    untaggedOnly,
    withRequestTag,
    withResourceTag,
    writeGrant,
} from "./deployer-grant.ts";
import { forceNew } from "./force-new.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

const certificates = regionalArns("acm", "certificate/*");

const readCertificate = readGrant(
    "acm: DescribeCertificate GetCertificate ListTagsForCertificate",
    withResourceTag(certificates),
);

export const acm: ServiceRows = {
    "aws:acm/certificate:Certificate": {
        summary: ["{domainName}", "imported{certificateBody?}", "by {validationMethod}"],
        fakeOutputs: {
            ...identifiedByArn((request) => request.arn("acm", `certificate/${request.uuid}`)),
            domainValidationOptions: certificateValidationOptions,
            status: "ISSUED",
        },
        forceNew: forceNew(
            "acm/certificate",
            [
                "certificateAuthorityArn",
                "domainName",
                "keyAlgorithm",
                "subjectAlternativeNames",
                "validationMethod",
                "validationOptions",
            ],
            { keptWhenRemoved: ["keyAlgorithm", "validationMethod"] },
        ),
        deletion: { replaceFirst: true },
        exclusive: { none: "each request and each import makes another certificate" },
        recovery: { createAgain: "an unused certificate costs nothing, and AWS drops one that is never validated" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "acm: ImportCertificate RequestCertificate",
                withRequestTag(allResources("a certificate has no ARN before it exists")),
            ),
            writeGrant("acm: AddTagsToCertificate", untaggedOnly(certificates)),
            writeGrant(
                "acm: AddTagsToCertificate DeleteCertificate ImportCertificate RemoveTagsFromCertificate UpdateCertificateOptions",
                withResourceTag(certificates),
            ),
            readCertificate,
        ],
    },
    "aws:acm/certificateValidation:CertificateValidation": {
        forceNew: forceNew("acm/certificate_validation", ["certificateArn", "validationRecordFqdns"]),
        exclusive: { none: "it makes nothing in AWS" },
        recovery: { createAgain: "it waits for a certificate, and makes nothing in AWS" },
        children: { none: "it only waits for a certificate" },
        grants: [readCertificate],
    },
};
