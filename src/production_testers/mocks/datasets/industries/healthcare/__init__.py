"""Healthcare: patients in FHIR R4 with clinical notes whose PHI is marked."""
