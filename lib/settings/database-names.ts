/** Database of the services in each cluster. */
export const databaseName = "payments";

/** Database user of a service. A database migration must create it and grant it `rds_iam`. */
export const databaseUserOf = (service: string): string => `payment_${service.replaceAll("-", "_")}`;
