// Passes a report whose only problems are properties that the emulator does not store: AWS does, so they show as changes
// in its second plan and nowhere else. Anything beside them fails.
import { readFileSync } from "node:fs";

/** Properties by type, each with its reason. */
const gaps = {
    "aws:apigateway/integration:Integration": {
        reason: "the emulator forgets which link an integration uses",
        properties: ["connection_id"],
    },
    "aws:lambda/function:Function": {
        reason: "the emulator forgets where a function logs",
        properties: ["dead_letter_config", "kms_key_arn", "logging_config"],
    },
    "aws:apigateway/stage:Stage": {
        reason: "the emulator forgets a stage's client certificate",
        properties: ["client_certificate_id"],
    },
    "aws:rds/cluster:Cluster": {
        reason: "the emulator's clusters know no Database Insights",
        properties: [
            "database_insights_mode",
            "performance_insights_enabled",
            "performance_insights_kms_key_id",
            "performance_insights_retention_period",
        ],
    },
};

const { problems } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const unknown = problems.filter(({ step, type, message }) => {
    const changed = message.replace(/^update: /, "").split("; ");
    const isGap = (change) => gaps[type]?.properties.includes(change.split(":")[0]) ?? false;
    return step !== "second plan" || !message.startsWith("update: ") || !changed.every(isGap);
});
for (const { resource, type } of problems.filter((problem) => !unknown.includes(problem))) {
    console.log(`  known gap: ${resource}: ${gaps[type].reason}`);
}
process.exitCode = unknown.length > 0 ? 1 : 0;
