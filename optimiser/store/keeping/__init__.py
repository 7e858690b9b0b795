"""Keeping records: audits checked and exported, backups, retention, the doctor."""
