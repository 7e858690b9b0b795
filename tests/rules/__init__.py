"""Tests of the kinds of rule."""
