"""Outlines of areas: read from a boundary file, simplified without gaps, kept in the column `boundary` of Areas."""
