//! EC2 Image Builder: recipes, the components and images that they take, and the pipelines that build them on
//! instances.
//!
//! Source: EC2 Image Builder User Guide, "Semantic versioning in Image Builder" and "Share Image Builder resources
//! with AWS RAM".

use std::collections::{BTreeMap, BTreeSet};

use super::{Read, list, of, text};

const RECIPES: [&str; 2] = [
    "AWS::ImageBuilder::ImageRecipe",
    "AWS::ImageBuilder::ContainerRecipe",
];
const BUILDS: [&str; 2] = [
    "AWS::ImageBuilder::ImagePipeline",
    "AWS::ImageBuilder::Image",
];

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[
    "AWS::ImageBuilder::ImageRecipe",
    "AWS::ImageBuilder::ContainerRecipe",
    "AWS::ImageBuilder::ImagePipeline",
    "AWS::ImageBuilder::Image",
];

/// Recipes by ARN, and what builds them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecipesFacts {
    /// The ARNs of the components and of the image that a recipe begins with.
    pub(crate) parts: BTreeMap<String, BTreeSet<String>>,
    /// The ARNs of recipe and infrastructure.
    pub(crate) builds: BTreeSet<(String, String)>,
}

impl RecipesFacts {
    pub(super) fn read(read: &[Read<'_>]) -> Self {
        let mut facts = Self::default();
        for (document, value) in RECIPES.into_iter().flat_map(|kind| of(read, kind)) {
            let components = list(value.pointer("/config/Components"));
            let components = components.filter_map(|one| one.get("ComponentArn")?.as_str());
            let parts = components.chain(text(value, "/ParentImage"));
            let arns = parts.filter(|part| part.starts_with("arn:"));
            let arns = arns.map(str::to_owned).collect();
            facts.parts.insert(document.arn.to_string(), arns);
        }
        for (_, value) in BUILDS.into_iter().flat_map(|kind| of(read, kind)) {
            let recipe = ["/ImageRecipeArn", "/ContainerRecipeArn"];
            let recipe = recipe.iter().find_map(|place| text(value, place));
            let infrastructure = text(value, "/InfrastructureConfigurationArn");
            if let (Some(recipe), Some(infrastructure)) = (recipe, infrastructure) {
                let build = (recipe.to_owned(), infrastructure.to_owned());
                facts.builds.insert(build);
            }
        }
        facts
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.parts.extend(other.parts);
        self.builds.extend(other.builds);
    }
}
