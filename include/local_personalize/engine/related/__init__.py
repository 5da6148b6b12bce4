"""Recipes that are asked by item: what goes with it?"""
