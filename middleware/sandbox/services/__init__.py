"""The sandbox's own EHR, workforce system and ERP: small HTTP services, each with its own file and faults."""
